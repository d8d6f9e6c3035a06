/** Makes room: tells the victims why, and deletes them; the last of them last (sched-05). */
import type { Pod } from '../../api/pod/pod.ts';
import type { Environment, Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import { conditionOf, patchStatus } from '../status.ts';
import { preemptedByScheduler } from './eligible.ts';
import type { Candidate } from './victims.ts';

export interface Actuation {
  readonly env: Environment;
  readonly pod: Pod;
  readonly schedulerName: string;
  /** Less important Pods that are promised the node. */
  readonly promised: readonly Pod[];
  /** Ends a victim that only this scheduler knows to be on the node. */
  readonly rejectInMemory: (victim: Pod) => boolean;
  /** All but this one are deleted. */
  readonly beforeLast: (victim: Pod) => void;
}

/**
 * An error message if somebody could not be removed: nobody goes after that. Who has begun to go
 * already is left alone, and then there is nothing to do at all.
 */
export function* makeRoom(
  { node, victims }: Candidate,
  actuation: Actuation,
): Requests<string | undefined> {
  const { promised, beforeLast } = actuation;
  const left = victims.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (left.length === 0) return undefined;
  let error: string | undefined;
  for (const pod of promised) {
    const cleared = yield* patchStatus(pod, { nominatedNodeName: null });
    if (!cleared.ok) error = cleared.status.message;
  }
  for (const [i, victim] of left.entries()) {
    if (i === left.length - 1) beforeLast(victim);
    const failed = yield* remove(victim, node, actuation);
    if (failed !== undefined) return failed;
  }
  return error;
}

function* remove(victim: Pod, node: string, actuation: Actuation): Requests<string | undefined> {
  const { env, pod, schedulerName, rejectInMemory } = actuation;
  const { name, namespace } = victim.metadata;
  let message = `Preempted by pod ${pod.metadata.uid} on node ${node}`;
  if (rejectInMemory(victim)) message += ' (in kube-scheduler memory).';
  else {
    const condition = conditionOf(
      victim,
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: preemptedByScheduler,
        message: `${schedulerName}: preempting to accommodate a higher priority pod`,
      },
      env.now,
    );
    const told = yield* patchStatus(victim, { conditions: [condition] });
    if (!told.ok) return gone(told.status) ? undefined : told.status.message;
    const deleted = yield* call({ verb: 'delete', kind: 'Pod', namespace: namespace!, name });
    if (!deleted.ok) return gone(deleted.status) ? undefined : deleted.status.message;
  }
  const event = { type: 'Normal', reason: 'Preempted', message, action: 'Preempting' } as const;
  env.record({ about: victim, ...event });
  return undefined;
}

const gone = ({ reason }: { readonly reason: string }): boolean => reason === 'NotFound';
