/** The files that a user names, as kubectl reads them: one by one, a directory's, or what is piped in. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { readInput, readText } from '../storage/file.ts';

export interface NamedText {
  /** As it is told in mistakes. */
  readonly file: string;
  readonly text: string;
}

const isManifest = (name: string): boolean => /\.(ya?ml|json)$/.test(name);
const kustomizations = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

/** `-` is standard input; of a directory, its .yaml, .yml and .json files in order of their names. */
export function readNamed(path: string): readonly NamedText[] {
  if (path === '-') return [{ file: 'standard input', text: readInput() }];
  if (/^https?:\/\//.test(path)) {
    throw new UsageError(
      `${path}: addresses are not fetched; give it as curl -sL … | kubestep run -`,
    );
  }
  if (!isDirectory(path)) return [{ file: path, text: readText(path) }];
  const names = readdirSync(path).sort();
  if (names.some((name) => kustomizations.has(name))) {
    throw new UsageError(
      `${path}: a kustomization; give what it makes, as kubectl kustomize ${path} | kubestep run -`,
    );
  }
  const files = names.filter(isManifest).map((name) => join(path, name));
  if (files.length === 0) {
    throw new UsageError(`${path}: no .yaml, .yml or .json file in this directory; check the path`);
  }
  return files.filter((file) => !isDirectory(file)).map((file) => ({ file, text: readText(file) }));
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
