/** Who writes builds upon the newest version, and undoes nothing that others wrote (properties §1, G2 and G10). */
import { deepEqual } from '../src/api/equal.ts';
import type { KubeObject } from '../src/api/meta.ts';
import type { Request } from '../src/apiserver/request.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import type { Always, World } from './rule.ts';

/** The request that a component sent and that this write comes of. */
function requestOf({ kind, key }: WriteEntry, { acting }: World): Request | undefined {
  const request = acting?.request;
  if (request?.kind !== kind) return undefined;
  const name =
    request.verb === 'update'
      ? request.object.metadata.name
      : 'name' in request
        ? request.name
        : '';
  return key === name || key.endsWith(`/${name}`) ? request : undefined;
}

const versionOf = (request: Request): string | undefined =>
  request.verb === 'update'
    ? request.object.metadata.resourceVersion
    : request.verb === 'delete'
      ? request.options?.preconditions?.resourceVersion
      : undefined;

const isGiven = (version: string | undefined): version is string =>
  version !== undefined && version !== '' && version !== '0';

export const conditional: Always = {
  id: 'G2',
  claim: 'what is meant for one version of an object is done to no other',
  types: ['write'],
  begin() {
    let last: Request | undefined;
    return (entry, world) => {
      const write = entry as WriteEntry;
      const request = requestOf(write, world);
      // One request may write twice: a mark, and then the removal.
      if (request === undefined || request === last || write.before === undefined) return undefined;
      last = request;
      const { resourceVersion, uid } = write.before.metadata;
      const version = versionOf(request);
      if (isGiven(version) && version !== resourceVersion) {
        return `${write.key} was written at ${resourceVersion}, and was meant to be at ${version}`;
      }
      const meant = request.verb === 'delete' ? request.options?.preconditions?.uid : undefined;
      return meant === undefined || meant === uid
        ? undefined
        : `another ${write.kind} ${write.key} was deleted than the one that was meant`;
    };
  },
};

export const nothingLost: Always = {
  id: 'G10',
  claim: 'an update undoes nothing that others wrote since its author looked',
  types: ['write'],
  begin: () => (entry, world) => {
    const write = entry as WriteEntry;
    const { before, after, kind, key, by } = write;
    const request = requestOf(write, world);
    if (request?.verb !== 'update' || before === undefined || after === undefined) return undefined;
    const version = versionOf(request);
    // A slice that takes the place of another is written whatever that one is by now, in Kubernetes too.
    if (kind === 'EndpointSlice' && !isGiven(version)) return undefined;
    const base = isGiven(version)
      ? world.simulation.store.writeOf(kind, key, Number(version))?.after
      : world.seen.get(kind, key);
    if (base === undefined || base === before || base.metadata.uid !== before.metadata.uid)
      return undefined;
    for (const part of ['spec', 'status', 'labels', 'annotations', 'finalizers'] as const) {
      const lost = undone(partOf(base, part), partOf(before, part), partOf(after, part));
      if (lost !== undefined)
        return `${by} undid what others wrote to ${part}${lost} of ${kind} ${key}`;
    }
    return undefined;
  },
};

type Part = 'spec' | 'status' | 'labels' | 'annotations' | 'finalizers';

const partOf = (object: KubeObject, part: Part): unknown =>
  part === 'spec' || part === 'status' ? object[part] : object.metadata[part];

type Json = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The path of a field that others changed, and that is again as it was; undefined: there is none. */
function undone(base: unknown, before: unknown, after: unknown): string | undefined {
  if (base === before || deepEqual(base, before)) return undefined;
  if (isMap(base) && isMap(before) && isMap(after)) {
    for (const name of new Set([...Object.keys(base), ...Object.keys(before)])) {
      const path = undone(base[name], before[name], after[name]);
      if (path !== undefined) return `.${name}${path}`;
    }
    return undefined;
  }
  return deepEqual(base, after) ? '' : undefined;
}
