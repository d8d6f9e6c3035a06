/** What is true of a Pod by now, whatever an old cache shows. */
import { keyOf } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import type { World } from './rule.ts';

/** The Pod as it is; undefined: it is gone, and who has its name by now is another one. */
export function currently(seen: Pod, { now }: World): Pod | undefined {
  const pod = now.get<Pod>('Pod', keyOf(seen));
  return pod?.metadata.uid === seen.metadata.uid ? pod : undefined;
}

/** Somebody else deleted it: to delete it again is no write. */
export const isGoing = (seen: Pod, world: World): boolean => {
  const pod = currently(seen, world);
  return pod === undefined || pod.metadata.deletionTimestamp !== undefined;
};
