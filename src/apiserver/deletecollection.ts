/**
 * DELETE of a collection (api-07 §2): one request that removes all that a list finds, each as if it
 * had been asked for alone. It is not atomic: the first refusal ends it, and what went before is gone.
 */
import type { Handling } from './apiserver.ts';
import { remove } from './delete.ts';
import { list } from './list.ts';
import { notAllowed } from './reject.ts';
import { type DeleteCollectionRequest, type Response, refused } from './request.ts';

/** Answers with the list as it was found. */
export function removeCollection(request: DeleteCollectionRequest, handling: Handling): Response {
  const { options, dryRun: _tried, fieldManager: _by, ...selecting } = request;
  const { kind } = handling;
  const isEverywhere = kind.namespaced && request.namespace === undefined;
  if (kind.kind === 'Namespace' || isEverywhere) {
    return refused(notAllowed('the server does not allow this method on the requested resource'));
  }
  const found = list({ ...selecting, verb: 'list' }, handling);
  for (const { metadata } of (found.ok && found.list?.items) || []) {
    const { name, namespace } = metadata;
    const home = namespace === undefined ? {} : { namespace };
    const one = { verb: 'delete' as const, kind: request.kind, ...home, name };
    const removed = remove({ ...one, ...(options === undefined ? {} : { options }) }, handling);
    if (!removed.ok && removed.status.reason !== 'NotFound') return removed;
  }
  return found;
}
