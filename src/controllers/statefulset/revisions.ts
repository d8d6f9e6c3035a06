/** Which revisions a set is of (ctl-03 §B.2): the current one, and that of its template now. */

import { canonicalJson } from '../../api/canonicaljson.ts';
import type { ControllerRevision } from '../../api/controllerrevision.ts';
import { deepEqual } from '../../api/equal.ts';
import { keyOf } from '../../api/meta.ts';
import type { StatefulSet } from '../../api/statefulset.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { revisionHash } from '../hash.ts';
import {
  isOfTemplate,
  meansTemplate,
  nextRevision,
  revisionData,
  revisionDraft,
} from '../history.ts';

export interface Versions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly collisionCount: number;
}

type Found = Versions | { readonly error: string };

/** `revisions` in order; the one of the template is made, or made the newest again, if need be. */
export function* versionsOf(
  set: StatefulSet,
  revisions: readonly ControllerRevision[],
  context: ControllerContext,
): Requests<Found> {
  const { template } = set.spec;
  const { currentRevision, collisionCount = 0 } = set.status;
  const newest = revisions.at(-1);
  const equal = revisions.findLast((revision) => isOfTemplate(revision, template));
  const means = newest !== undefined && (equal ?? newest) === newest;
  let found: { readonly update: ControllerRevision; readonly collisionCount: number };
  if (means && (equal === newest || meansTemplate(newest, template))) {
    found = { update: newest, collisionCount };
  } else {
    const made =
      equal === undefined
        ? yield* create(set, nextRevision(revisions), collisionCount)
        : yield* renumber(equal, nextRevision(revisions), collisionCount);
    if ('error' in made) return made;
    const { resourceVersion } = made.update.metadata;
    context.consistency.wrote(keyOf(set), 'ControllerRevision', resourceVersion);
    found = made;
  }
  const current = revisions.find(({ metadata }) => metadata.name === currentRevision);
  return { ...found, current: current ?? found.update };
}

type Made =
  | { readonly update: ControllerRevision; readonly collisionCount: number }
  | { readonly error: string };

function* create(set: StatefulSet, revision: number, collisionCount: number): Requests<Made> {
  const data = revisionData(set.spec.template);
  const text = canonicalJson(data);
  for (let collisions = collisionCount; ; collisions++) {
    const draft = revisionDraft(set, revision, revisionHash(text, collisions));
    const namespace = set.metadata.namespace!;
    const named = { kind: 'ControllerRevision', namespace };
    const created = yield* call<ControllerRevision>({ verb: 'create', ...named, object: draft });
    if (created.ok) return { update: created.object, collisionCount: collisions };
    if (created.status.reason !== 'AlreadyExists') return { error: created.status.message };
    const name = draft.metadata.name!;
    const existing = yield* call<ControllerRevision>({ verb: 'get', ...named, name });
    if (!existing.ok) return { error: existing.status.message };
    if (deepEqual(existing.object.data, data)) {
      return { update: existing.object, collisionCount: collisions };
    }
  }
}

/** The set went back to what it was: the old revision is the newest again. */
function* renumber(
  equal: ControllerRevision,
  revision: number,
  collisionCount: number,
): Requests<Made> {
  const object = { ...equal, revision };
  const updated = yield* call<ControllerRevision>({
    verb: 'update',
    kind: 'ControllerRevision',
    object,
  });
  if (!updated.ok) return { error: updated.status.message };
  return { update: updated.object, collisionCount };
}
