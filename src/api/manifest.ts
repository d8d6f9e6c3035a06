/**
 * Manifests: YAML or JSON text with any number of documents, as objects with their place.
 *
 * YAML is read as version 1.1, as kubectl does (`no` is false, `0644` is octal). Documents are cut
 * apart first, so a file of a hundred thousand costs what they cost one by one.
 */
import { LineCounter, parseDocument } from 'yaml';
import { UsageError } from '../errors.ts';
import type { Draft } from './meta.ts';

export interface ManifestObject {
  readonly object: Draft;
  /** Line of the document's beginning, from 1. */
  readonly line: number;
  /** The document that it stands in. */
  readonly body: string;
  /** Where in the document: `items`, 3 of a List. */
  readonly at: readonly (string | number)[];
}

/** Most aliases that a document may expand: more is an attack, not a manifest. */
const aliasesMax = 100;

/** The objects of a text; Lists are taken apart. `source` names the file in errors. */
export function readManifest(
  text: string,
  source: string,
  firstLine = 1,
): readonly ManifestObject[] {
  const objects: ManifestObject[] = [];
  for (const { body, line } of documents(text, firstLine)) {
    const value = readYaml(body, source, line);
    if (value === null || value === undefined) continue;
    unlist(value, { line, body, at: [] }, source, objects);
  }
  return objects;
}

function* documents(text: string, firstLine: number): Generator<{ body: string; line: number }> {
  let start = 0;
  let line = firstLine;
  const separator = /^---(?:[ \t].*)?\r?$/gm;
  for (;;) {
    const found = separator.exec(text);
    const body = text.slice(start, found?.index ?? text.length);
    if (body.trim() !== '') yield { body, line };
    if (found === null) return;
    for (let i = start; i < separator.lastIndex; i++) if (text.charCodeAt(i) === 10) line += 1;
    start = separator.lastIndex;
  }
}

/** One YAML (or JSON) document as plain data. Mistakes are told with line and column. */
export function readYaml(body: string, source: string, firstLine = 1): unknown {
  const trimmed = body.trimStart();
  if (trimmed.startsWith('{')) {
    try {
      return withoutPrototype(JSON.parse(trimmed));
    } catch {
      // Not JSON after all: flow-style YAML begins alike.
    }
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(body, { version: '1.1', lineCounter, prettyErrors: false });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new UsageError(
      `${source}:${line + firstLine - 1}:${col}: ${firstSentence(error.message)}; expected YAML, correct the file`,
    );
  }
  try {
    return withoutPrototype(document.toJS({ maxAliasCount: aliasesMax }));
  } catch {
    throw new UsageError(
      `${source}:${firstLine}:1: more than ${aliasesMax} aliases; expected a manifest, write them out`,
    );
  }
}

const firstSentence = (text: string): string => text.split('\n')[0]!;

/** `__proto__` as a name is data that nobody needs: it is dropped. */
function withoutPrototype<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Reflect.deleteProperty(value, '__proto__');
  for (const part of Object.values(value)) withoutPrototype(part);
  return value;
}

function unlist(
  value: unknown,
  place: Omit<ManifestObject, 'object'>,
  source: string,
  objects: ManifestObject[],
): void {
  const at = `${source}:${place.line}:1`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(
      `${at}: expected a Kubernetes object (a mapping with apiVersion and kind)`,
    );
  }
  const { apiVersion, kind, metadata, items } = value as Record<string, unknown>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    const missing = typeof apiVersion !== 'string' ? 'apiVersion' : 'kind';
    throw new UsageError(`${at}: ${missing} is not set; every Kubernetes object needs it, add it`);
  }
  if (kind === 'List' && Array.isArray(items)) {
    for (const [i, item] of items.entries()) {
      unlist(item, { ...place, at: [...place.at, 'items', i] }, source, objects);
    }
    return;
  }
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw new UsageError(
      `${at}: metadata is not set; every Kubernetes object needs a name, add it`,
    );
  }
  objects.push({ object: value as Draft, ...place });
}
