/** The Pods of a ReplicaSet (ctl-02 §A.1): taken and let go where that is due, and counted. */
import { splitKey } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodActive, isPodTerminating } from '../../api/pod/podstatus.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import { selectorOf } from '../../api/selectors/selectors.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext } from '../../sim/controller.ts';
import { claim } from '../claim.ts';
import { countPods, type PodCounts } from './counts.ts';
import type { Tallies } from './tallies.ts';

export interface Own {
  readonly counts: PodCounts;
  /** The active ones. */
  pods(): readonly Pod[];
}

/** Or why they could not all be claimed. */
export function* ownPods(
  key: string,
  rs: ReplicaSet,
  { view, now }: ControllerContext,
  tallies: Tallies,
): Requests<Own | { readonly error: string }> {
  const { namespace = '' } = splitKey(key);
  const matches = selectorOf(rs.spec.selector);
  const ofOwn = () => view.by<Pod>('Pod', 'controller', rs.metadata.uid);
  const orphans = view.by<Pod>('Pod', 'controller', `none/${namespace}`).filter(isPodActive);
  const counts = tallies.countsOf(rs, matches);
  const isWanted = ({ metadata }: Pod) => matches(metadata.labels);
  // With nothing to adopt and nothing to release, all that are active are its own.
  if (counts !== undefined && !orphans.some(isWanted)) {
    return { counts, pods: () => ofOwn().filter(isPodActive) };
  }
  const owned = ofOwn();
  const candidates = [...owned.filter(isPodActive), ...orphans];
  const claimed = yield* claim({ owner: rs, matches, candidates });
  if (claimed.error !== undefined) return { error: claimed.error };
  const pods = claimed.objects;
  const terminating = owned.filter((pod) => isPodTerminating(pod) && isWanted(pod)).length;
  return { counts: countPods(rs, pods, terminating, now), pods: () => pods };
}
