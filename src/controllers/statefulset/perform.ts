/** Carries out the plan of a pass: replicas, then what is condemned, then the update. */
import type { ControllerRevision } from '../../api/controllerrevision.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { StatefulSet } from '../../api/statefulset.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import { templateOf } from '../history.ts';
import { slowStart } from '../replicaset/slowstart.ts';
import { type Claims, knownClaims, setOwners } from './claimcontrol.ts';
import { podFrom } from './identity.ts';
import { ordinalOf } from './ordinals.ts';
import { isMonotonic, type Plan, revisionFor, type Step } from './plan.ts';
import { createPod, deletePod, keepIdentity, tendClaims } from './podcontrol.ts';
import { isTerminating } from './podstate.ts';

export interface Performed {
  readonly error?: string;
  /** Pods deleted so that they come back with the new revision. */
  readonly updated: number;
}

export interface Task {
  readonly set: StatefulSet;
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly context: ControllerContext;
}

/** Most calls of one batch, where they are made at the same time. */
const batchMax = 500;

export function* perform(plan: Plan, task: Task): Requests<Performed> {
  const { set, context } = task;
  const phases = [
    forAll(set, plan.steps, (step) => take(step, task)),
    forAll(set, plan.blocked ? [] : plan.condemned, (pod) => releaseClaims(pod, task)),
    forAll(set, plan.surplus, function* (pod) {
      return (yield* deletePod(set, pod, context))?.message;
    }),
  ];
  for (const phase of phases) {
    const error = yield* phase;
    if (error !== undefined) return { error, updated: 0 };
  }
  let updated = 0;
  for (const pod of plan.outdated) {
    const status = yield* deletePod(set, pod, context);
    if (status !== undefined && status.reason !== 'NotFound') {
      return { error: status.message, updated };
    }
    updated += 1;
  }
  return { updated };
}

/** One after the other, or in growing batches; the first failure ends it. */
function* forAll<T>(
  set: StatefulSet,
  items: readonly T[],
  act: (item: T) => Requests<string | undefined>,
): Requests<string | undefined> {
  if (!isMonotonic(set)) {
    return (yield* slowStart(items.length, (i) => act(items[i]!), 1, batchMax)).error;
  }
  for (const item of items) {
    const error = yield* act(item);
    if (error !== undefined) return error;
  }
  return undefined;
}

function* take(step: Step, task: Task): Requests<string | undefined> {
  const { action, ordinal, pod } = step;
  const { set, context } = task;
  if (pod === undefined) return action === 'create' ? yield* create(ordinal, task) : undefined;
  if (action === 'delete') return (yield* deletePod(set, pod, context))?.message;
  if (action === 'wait') return undefined;
  const isPending = pod.status.phase === 'Pending';
  let claims: Claims = { existing: knownClaims(set, ordinal, context) };
  if (isPending || (action === 'tend' && !isTerminating(pod))) {
    claims = yield* tendClaims(set, pod, ordinal, context);
  }
  if (claims.error !== undefined || action === 'tend') return claims.error;
  return yield* keepIdentity(set, pod, ordinal, claims.existing, context);
}

function* create(
  ordinal: number,
  { set, current, update, context }: Task,
): Requests<string | undefined> {
  const revision = revisionFor(set, ordinal) === 'current' ? current : update;
  const draft = podFrom(set, templateOf(revision), revision.metadata.name, ordinal);
  return yield* createPod(set, draft, ordinal, context);
}

/** A Pod that goes for good takes its claims along, or leaves them, as the policy says. */
function* releaseClaims(pod: Pod, { set, context }: Task): Requests<string | undefined> {
  const ordinal = ordinalOf(set, pod)!;
  const claims = knownClaims(set, ordinal, context);
  return (yield* setOwners(set, claims, pod, ordinal, context)).error;
}
