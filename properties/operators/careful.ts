/**
 * U-S5: what is destroyed is what its author saw, and what is wanted still is not.
 *
 * Many operators delete by name, on what their cache shows, and that is no alarm by itself: it is one
 * when the name belongs to another object by now, or when the resource that asked for it is another or
 * asks for something else. Whoever names uid and version, or looks live in the same pass, is safe.
 */
import type { KubeObject } from '../../src/api/meta.ts';
import { wholeOf } from '../../src/api/quantity.ts';
import type { Request } from '../../src/apiserver/request.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import type { Always, Judged, World } from '../rule.ts';
import type { OperatorUnderTest } from './undertest.ts';

export const careful = ({ process, kind }: OperatorUnderTest): Always => ({
  id: 'U-S5',
  claim: 'what cannot be made good again is done by uid and version, or after a live look',
  types: ['write'],
  begin: () => (entry, world) => {
    const { acting } = world;
    const write = entry as WriteEntry;
    if (acting === undefined || acting.slot.process.name !== process) return undefined;
    if (!destroys(write) || isConditional(acting.request)) return undefined;
    const looked = acting.reads.some((read) => isRead(read, write) || read.kind === kind);
    return looked ? undefined : (mistaken(write, world) ?? misled(write, world, kind));
  },
});

function destroys({ verb, before, after }: WriteEntry): boolean {
  if (verb === 'delete') return true;
  return (
    before !== undefined &&
    after !== undefined &&
    sizes(after).some((size, i) => size < sizes(before)[i]!)
  );
}

interface Sized {
  readonly replicas?: number;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/** What must not shrink by mistake: members, and volumes in bytes. */
function sizes({ spec }: KubeObject): readonly number[] {
  const { replicas = 1, resources } = (spec ?? {}) as Sized;
  const storage = resources?.requests?.storage;
  return [replicas, storage === undefined ? 0 : wholeOf(storage)];
}

const isRead = (read: Request, { kind, before }: WriteEntry): boolean =>
  read.kind === kind &&
  (read.verb === 'list' || (read.verb === 'get' && read.name === before?.metadata.name));

/** It says which version of which object it means: the API server refuses every other. */
function isConditional(request: Request): boolean {
  if (request.verb === 'delete') {
    const { uid, resourceVersion } = request.options?.preconditions ?? {};
    return uid !== undefined && resourceVersion !== undefined;
  }
  const said =
    request.verb === 'update'
      ? request.object
      : request.verb === 'patch'
        ? (request.patch as Partial<KubeObject>)
        : undefined;
  return (said?.metadata?.resourceVersion ?? '') !== '';
}

/** Another object has the name by now. */
function mistaken({ kind, key, before }: WriteEntry, { seen }: World): Judged {
  const meant = seen.get(kind, key);
  return meant === undefined || meant.metadata.uid === before?.metadata.uid
    ? undefined
    : `${kind} ${key} is another than the one that was seen`;
}

/** The resource that it was done for is another by now, or asks for something else. */
function misled({ kind, key }: WriteEntry, { acting, seen, now }: World, owner: string): Judged {
  const about = acting!.pass.key;
  const [was, is] = [seen.get(owner, about), now.get(owner, about)];
  if (is === undefined) return undefined;
  if (was?.metadata.uid !== is.metadata.uid) {
    return `${kind} ${key} was destroyed for a ${owner} that is gone: another has its name`;
  }
  const [saw, asked] = [was.metadata.generation ?? 0, is.metadata.generation ?? 0];
  return saw === asked
    ? undefined
    : `${kind} ${key} was destroyed for generation ${saw} of ${owner} ${about}, which is at ${asked}`;
}
