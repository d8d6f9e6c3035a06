/** Says where in a file a manifest is not what the API knows: one line, with what was meant. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { UsageError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { CustomResourceDefinition } from './custom/definition.ts';
import { decode, type Mistake, pathText } from './decode.ts';
import type { ManifestObject } from './manifest.ts';
import type { Draft } from './meta.ts';
import { isObject } from './patch/merge.ts';
import { knownKinds, typeNameOf } from './structure.ts';

/** Most Pods that a manifest may ask for: what Kubernetes itself supports in a cluster. */
export const replicasMax = 150_000;

/** @param defined `group/version/Kind` of what definitions next to it define: it is judged by them. */
export function checkManifest(
  manifest: ManifestObject,
  source: string,
  defined: ReadonlySet<string> = new Set(),
): void {
  const { apiVersion, kind } = manifest.object;
  if (defined.has(`${apiVersion}/${kind}`)) return;
  if (typeNameOf(apiVersion, kind) === undefined) throw unknownKind(manifest, source);
  const { mismatch, unknown } = decode(manifest.object, apiVersion, kind);
  const mistake = mismatch ?? unknown[0];
  if (mistake !== undefined) throw told(mistake, manifest, source);
  const replicas = (manifest.object['spec'] as { replicas?: unknown } | undefined)?.replicas;
  if (typeof replicas === 'number' && replicas > replicasMax) {
    const expected = `at most ${replicasMax}, as many Pods as Kubernetes supports`;
    throw told({ path: ['spec', 'replicas'], expected, message: '' }, manifest, source);
  }
}

/** What the definitions among some objects define. */
export function definedBy(objects: readonly Draft[]): ReadonlySet<string> {
  const defined = new Set<string>();
  for (const { kind, spec } of objects) {
    if (kind !== 'CustomResourceDefinition' || !isObject(spec)) continue;
    const { group, names, versions } = spec as Partial<CustomResourceDefinition['spec']>;
    if (!Array.isArray(versions)) continue;
    for (const version of versions) defined.add(`${group}/${version?.name}/${names?.kind}`);
  }
  return defined;
}

function unknownKind(manifest: ManifestObject, source: string): UsageError {
  const { apiVersion, kind } = manifest.object;
  const line = lineOf(['apiVersion'], manifest);
  const candidates = knownKinds().filter((name) => name.endsWith(`/${kind}`));
  const meant = candidates[0] ?? nearest(`${apiVersion}/${kind}`, knownKinds());
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return new UsageError(
    `${source}:${line}: no matches for kind "${kind}" in version "${apiVersion}"${hint}`,
  );
}

function told({ path, expected, known }: Mistake, manifest: ManifestObject, source: string) {
  const place = `${source}:${lineOf(path, manifest)}`;
  const where = pathText(path);
  if (expected !== undefined) {
    const found = JSON.stringify(valueAt(path, manifest.object));
    return new UsageError(`${place}: ${where}: expected ${expected}, found ${found}`);
  }
  const name = String(path.at(-1));
  const meant = nearest(name, known ?? []);
  const hint = meant === undefined ? 'remove it, or correct its place' : `did you mean ${meant}?`;
  return new UsageError(`${place}: ${where}: unknown field; ${hint}`);
}

/** The line of a field such as `spec.containers[0].image`, or of what is there of it. */
export const lineOfField = (field: string, manifest: ManifestObject): number =>
  lineOf(
    [...field.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part)),
    manifest,
  );

const valueAt = (path: Mistake['path'], object: unknown): unknown =>
  path.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], object);

/** The line of the key that the path ends in. The document is read again: it is the only one. */
function lineOf(path: Mistake['path'], { body, line, at }: ManifestObject): number {
  const lineCounter = new LineCounter();
  let node: unknown = parseDocument(body, { version: '1.1', lineCounter }).contents;
  let offset: number | undefined;
  for (const part of [...at, ...path]) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (pair === undefined) break;
      offset = (pair.key as Node).range?.[0];
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = (node as Node).range?.[0];
    } else break;
  }
  return offset === undefined ? line : lineCounter.linePos(offset).line + line - 1;
}
