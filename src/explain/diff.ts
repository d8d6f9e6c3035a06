/** What differs between two versions of an object, path by path; keyed lists by their keys. */

export interface Change {
  /** `spec.template.spec.containers[nginx].image`. */
  readonly path: string;
  readonly was: unknown;
  readonly is: unknown;
  /** Every write changes it, and it says little. */
  readonly noise: boolean;
}

const noisy =
  /(^metadata\.(resourceVersion|generation|managedFields|uid|creationTimestamp)|^status\.observedGeneration|(Time|Timestamp|startedAt|finishedAt|observedGeneration)$)/;

/** What identifies an item of a list. */
const keys = ['name', 'type', 'uid', 'key', 'ip', 'containerPort'];

export function changes(before: unknown, after: unknown): readonly Change[] {
  const found: Change[] = [];
  compare('', before, after, found);
  return found;
}

function compare(path: string, was: unknown, is: unknown, found: Change[]): void {
  if (was === is) return;
  const [a, b] = [asMap(was), asMap(is)];
  const isItem = path.endsWith(']') && (was === undefined || is === undefined);
  if (isItem) {
    found.push({ path, was, is, noise: false });
    return;
  }
  if (a === undefined || b === undefined) {
    if (a !== undefined || b !== undefined) {
      for (const [name, part] of (a ?? b)!.entries) {
        const at = join(path, name, (a ?? b)!.list);
        if (a === undefined) compare(at, undefined, part, found);
        else compare(at, part, undefined, found);
      }
      return;
    }
    if (JSON.stringify(was) !== JSON.stringify(is)) {
      found.push({ path, was, is, noise: noisy.test(path) });
    }
    return;
  }
  for (const [name, part] of b.entries) {
    compare(join(path, name, b.list), a.entries.get(name), part, found);
  }
  for (const [name, part] of a.entries) {
    if (!b.entries.has(name)) compare(join(path, name, a.list), part, undefined, found);
  }
}

const join = (path: string, name: string, list: boolean): string =>
  list ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;

interface AsMap {
  readonly entries: ReadonlyMap<string, unknown>;
  readonly list: boolean;
}

/** Mappings, and lists whose items can be told apart; anything else is one value. */
function asMap(value: unknown): AsMap | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) {
    const entries = Object.entries(value);
    return entries.length === 0 ? undefined : { entries: new Map(entries), list: false };
  }
  if (value.length === 0) return undefined;
  const key = keys.find((name) =>
    value.every((item) => typeof item === 'object' && item !== null && name in item),
  );
  if (key === undefined) return undefined;
  const entries = new Map(value.map((item) => [String(item[key]), item as unknown]));
  return entries.size === value.length ? { entries, list: true } : undefined;
}
