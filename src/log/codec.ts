/**
 * The log as lines of JSON: a header, then one line per entry.
 *
 * A creation carries its object, an update the difference to the version before, a removal neither.
 * Now and then an update carries its object too, as a keyframe: no version is more than
 * `keyframeEvery` differences away from a whole one.
 * The resourceVersion of a version is the entry's revision and is not told again.
 */
import type { KubeObject, ObjectMeta } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import type { Plan } from '../sim/run.ts';
import { difference, patched, whole } from './delta.ts';
import type { Entry, WriteEntry } from './entry.ts';

export const format = 'kubestep-log';
export const formatVersion = 1;

export interface Header {
  readonly format: typeof format;
  readonly version: number;
  /** The program's version: another one may decide differently. */
  readonly engine: string;
  /** With it the run can be played again. Logs of other systems have none. */
  readonly plan?: Plan;
}

export function encodeHeader(engine: string, plan: Plan | undefined): string {
  const header: Header = { format, version: formatVersion, engine, ...(plan ? { plan } : {}) };
  return JSON.stringify(header);
}

export function encodeEntry(entry: Entry): string {
  if (entry.type !== 'write') return JSON.stringify(entry);
  const { before, after, ...rest } = entry;
  if (after === undefined) return JSON.stringify(rest);
  if (before === undefined) return encodeWhole(entry);
  const delta = difference(before, withVersion(after, before.metadata.resourceVersion));
  return delta === whole ? encodeWhole(entry) : JSON.stringify({ ...rest, delta: delta ?? {} });
}

/** How many differences in a row an object may have. */
export const keyframeEvery = 64;

/** Writes lines in order, keyframes among them. */
export class Encoder {
  readonly #differences = new Map<string, number>();

  entry(entry: Entry): string {
    if (entry.type !== 'write') return JSON.stringify(entry);
    const id = `${entry.kind} ${entry.key}`;
    if (entry.before === undefined || entry.after === undefined) {
      this.#differences.delete(id);
      return encodeEntry(entry);
    }
    const count = (this.#differences.get(id) ?? 0) + 1;
    if (count <= keyframeEvery) {
      this.#differences.set(id, count);
      return encodeEntry(entry);
    }
    this.#differences.delete(id);
    return encodeWhole(entry);
  }
}

function encodeWhole({ before: _before, after, ...rest }: WriteEntry): string {
  return JSON.stringify({ ...rest, object: after });
}

const withVersion = (object: KubeObject, resourceVersion: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});

/** Reads lines in order: each version is made of the one before. */
export class Decoder {
  readonly #file: string;
  readonly #heads = new Map<string, Map<string, KubeObject>>();
  #line = 1;
  #n = 0;

  constructor(file: string) {
    this.#file = file;
  }

  header(line: string): Header {
    const header = this.#parse(line) as Partial<Header> | unknown[];
    if (Array.isArray(header) || header?.format !== format) throw this.#foreign(header);
    if (header.version !== formatVersion) {
      throw this.#error(
        `format version ${header.version}; this kubestep reads ${formatVersion}, use the one that wrote it`,
      );
    }
    return header as Header;
  }

  entry(line: string): Entry {
    this.#line += 1;
    const stored = this.#parse(line) as Entry & { object?: KubeObject; delta?: Delta };
    if (typeof stored !== 'object' || stored === null || stored.n !== this.#n + 1) {
      throw this.#error(`expected entry ${this.#n + 1}; the file is damaged, use an intact copy`);
    }
    this.#n += 1;
    if (!isEntry(stored)) throw this.#error('no entry; the file is damaged, use an intact copy');
    return stored.type === 'write' ? this.#write(stored) : stored;
  }

  #write(stored: WriteEntry & { object?: KubeObject; delta?: Delta }): WriteEntry {
    const { n, t, by, causes, verb, kind, key, subresource, revision, object, delta } = stored;
    let heads = this.#heads.get(kind);
    if (heads === undefined) {
      heads = new Map();
      this.#heads.set(kind, heads);
    }
    const before = heads.get(key);
    let after = object;
    if (delta !== undefined) {
      if (before === undefined)
        throw this.#error(`a change of ${kind} ${key}, which does not exist`);
      after = next(before, delta, String(revision));
    }
    if (after === undefined) heads.delete(key);
    else heads.set(key, after);
    return subresource === undefined
      ? { n, t, by, causes, type: 'write', verb, kind, key, revision, before, after }
      : { n, t, by, causes, type: 'write', verb, kind, key, subresource, revision, before, after };
  }

  #parse(line: string): unknown {
    try {
      return JSON.parse(line);
    } catch {
      throw this.#error('not JSON; the file is damaged, use an intact copy');
    }
  }

  #foreign(header: unknown): UsageError {
    const { kind, apiVersion } = (header ?? {}) as { kind?: string; apiVersion?: string };
    const what =
      apiVersion?.startsWith('audit.k8s.io') === true
        ? 'a Kubernetes audit log'
        : Array.isArray(header)
          ? 'a JSON list'
          : kind !== undefined
            ? `a Kubernetes ${kind}`
            : 'something else';
    return this.#error(
      `${what}, not a kubestep log; expected a file that kubestep run --log wrote`,
    );
  }

  #error(message: string): UsageError {
    return new UsageError(`${this.#file}:${this.#line}: ${message}`);
  }
}

type Delta = Readonly<Record<string, unknown>>;

type Fields = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isObject = (value: unknown): boolean =>
  isMapping(value) && isMapping(value['metadata']) && typeof value['metadata']['uid'] === 'string';

/** What every reader of entries relies on. */
function isEntry(stored: Entry & { object?: unknown; delta?: unknown }): boolean {
  if (typeof stored.t !== 'number' || typeof stored.by !== 'string') return false;
  if (!Array.isArray(stored.causes)) return false;
  switch (stored.type) {
    case 'write': {
      const { object, delta } = stored;
      const carries = object === undefined || isObject(object);
      return isNamed(stored) && carries && (delta === undefined || isMapping(delta));
    }
    case 'rejected':
      return typeof stored.kind === 'string' && typeof stored.key === 'string';
    case 'reconciled':
      return (
        typeof stored.key === 'string' &&
        isMapping(stored.result) &&
        isDecision(stored.result.decision) &&
        Array.isArray(stored.writes)
      );
    case 'runtime':
      return typeof stored.key === 'string';
    default:
      return ['delivered', 'clock', 'fault'].includes(stored.type);
  }
}

const isDecision = (decision: unknown): boolean =>
  decision === undefined ||
  (isMapping(decision) &&
    ['filters', 'feasible', 'scores', 'rejections'].every((name) => Array.isArray(decision[name])));

const isNamed = ({ kind, key, revision }: WriteEntry): boolean =>
  typeof kind === 'string' && typeof key === 'string' && typeof revision === 'number';

/** The next version of an object: the delta applied, and the revision that it does not tell. */
function next(before: KubeObject, delta: Delta, resourceVersion: string): KubeObject {
  const metadata =
    delta['metadata'] === undefined
      ? { ...before.metadata, resourceVersion }
      : { ...(patched(before.metadata, delta['metadata']) as ObjectMeta), resourceVersion };
  const after = patched(before, delta) as { metadata: ObjectMeta } & KubeObject;
  (after as { metadata: ObjectMeta }).metadata = metadata;
  return after;
}

/** A whole log as text, as lines; `file` names it in errors. */
export function decodeLog(text: string, file: string): { header: Header; entries: Entry[] } {
  const [first = '', ...rest] = text.trimEnd().split('\n');
  const decoder = new Decoder(file);
  return { header: decoder.header(first), entries: rest.map((line) => decoder.entry(line)) };
}
