/** GET of a collection: selectors, snapshots, pages; in the order of the keys, as etcd has them (api-03 §2). */
import { nameOf, readAs } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { keyOf } from '../api/meta.ts';
import { rejection, type Status } from '../api/status.ts';
import type { View } from '../store/view.ts';
import type { Handling } from './apiserver.ts';
import { continueExpired, decodeContinue, encodeContinue } from './pages.ts';
import { badRequest } from './reject.ts';
import { type ListRequest, type ObjectList, type Response, refused } from './request.ts';
import { futureVersion, listVersionRefusal, parseVersion } from './resourceversions.ts';
import { selectionOf } from './selection.ts';

export function list(request: ListRequest, { store, kind }: Handling): Response {
  const selection = selectionOf(request, kind);
  if (!selection.ok) return refused(selection.status);
  const snapshot = snapshotOf(request, store.revision, store.compacted);
  if ('status' in snapshot) return refused(snapshot.status);
  const { revision, start, limit } = snapshot;
  const home = kind.namespaced && request.namespace ? `${request.namespace}/` : '';
  const from = start === undefined ? undefined : home + start;
  const kept = sorted(store.view(revision), request, nameOf(kind), kind.namespaced);
  const items: KubeObject[] = [];
  let left = 0;
  for (const one of kept) {
    if (from !== undefined && keyOf(one) < from) continue;
    const object = readAs(one, kind);
    if (!selection.matches(object)) continue;
    if (items.length === limit) {
      left += 1;
      continue;
    }
    items.push(object);
  }
  const next: Partial<ObjectList> =
    left === 0
      ? {}
      : {
          continue: encodeContinue({
            rv: revision,
            start: `${lastKey(items).slice(home.length)}\u0000`,
          }),
          ...(selection.everything ? { remainingItemCount: left } : {}),
        };
  return { ok: true, list: { items, resourceVersion: String(revision), ...next } };
}

interface Snapshot {
  readonly revision: number;
  readonly start?: string;
  readonly limit: number;
}

/** Which state is shown, from which key on, and how many. */
function snapshotOf(
  request: ListRequest,
  newest: number,
  compacted: number,
): Snapshot | { readonly status: Status } {
  const { resourceVersion = '', resourceVersionMatch = '', limit = 0 } = request;
  const given = request.continue ?? '';
  const status = listVersionRefusal(request);
  if (status !== undefined) return { status };
  const pageSize = limit > 0 ? limit : Number.POSITIVE_INFINITY;
  if (given !== '') {
    if (resourceVersion !== '' && resourceVersion !== '0') {
      return {
        status: badRequest('specifying resource version is not allowed when using continue'),
      };
    }
    const decoded = decodeContinue(given);
    if (!decoded.ok) return decoded;
    const { rv, start } = decoded.token;
    if (rv > 0 && rv < compacted) return { status: continueExpired(start) };
    return { revision: rv < 0 ? newest : Math.min(rv, newest), start, limit: pageSize };
  }
  const version = parseVersion(resourceVersion);
  if (version === undefined) {
    const why = `invalid resource version: resourceVersion: Invalid value: "${resourceVersion}": strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`;
    return { status: badRequest(why) };
  }
  if (version > newest) return { status: futureVersion(version, newest) };
  const exact =
    resourceVersionMatch === 'Exact' || (resourceVersionMatch === '' && limit > 0 && version > 0);
  if (exact) {
    if (version < compacted) {
      return {
        status: rejection('Expired', 'The resourceVersion for the provided list is too old.'),
      };
    }
    return { revision: version, limit: pageSize };
  }
  // From the cache, everything comes at once.
  const cached = resourceVersion === '0' && resourceVersionMatch === '';
  return { revision: newest, limit: cached ? Number.POSITIVE_INFINITY : pageSize };
}

const lastKey = (items: readonly KubeObject[]): string => keyOf(items.at(-1)!);

/** Objects in the byte order of their keys. */
function sorted(
  view: View,
  { namespace }: ListRequest,
  kind: string,
  namespaced: boolean,
): readonly KubeObject[] {
  const candidates =
    namespace === undefined || !namespaced
      ? view.list(kind)
      : view.by(kind, 'namespace', namespace);
  // Within a namespace, names are in the order of keys.
  const isOne = namespace !== undefined || !namespaced;
  const place = isOne ? ({ metadata }: KubeObject) => metadata.name : keyOf;
  return candidates
    .map((object) => ({ object, place: place(object) }))
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
    .map(({ object }) => object);
}
