/**
 * A creation without a reply: the object exists, or does not. Asking how far the store is by now,
 * and waiting until the cache is as far, answers that; both trying again at once (one object too
 * many) and waiting for an event that may never come (one too few) are published bugs.
 */
import type { Key, KubeObject } from '../api/meta.ts';
import type { Status } from '../api/status.ts';
import type { Requests } from '../sim/component.ts';
import type { ControllerContext } from '../sim/controller.ts';

/** Returns what was said of the creation. */
export function* creationInDoubt(
  key: Key,
  owner: KubeObject,
  { message }: Status,
  { expectations, consistency }: ControllerContext,
): Requests<string> {
  const listed = yield {
    verb: 'list',
    kind: 'Pod',
    namespace: owner.metadata.namespace!,
    fieldSelector: 'metadata.name=',
  };
  if (listed.ok && listed.list !== undefined) {
    consistency.wrote(key, 'Pod', listed.list.resourceVersion);
  }
  expectations.creationsDropped(key, 1);
  return message;
}
