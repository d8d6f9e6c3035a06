/** Sets, their Pods and their revisions, as the rules see them: apart from what the controller does. */
import type { ControllerRevision } from '../../src/api/controllerrevision.ts';
import { deepEqual } from '../../src/api/equal.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { PodTemplateSpec } from '../../src/api/pod/podspec.ts';
import type { StatefulSet } from '../../src/api/statefulset.ts';
import { parseTimestamp } from '../../src/api/time.ts';
import type { View } from '../../src/store/view.ts';
import type { World } from '../rule.ts';

export const by = 'statefulset-controller';
export const revisionLabel = 'controller-revision-hash';

export interface Member {
  readonly ordinal: number;
  readonly pod: Pod;
}

export const startOf = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0;

export const isWanted = (set: StatefulSet, ordinal: number): boolean =>
  ordinal >= startOf(set) && ordinal < startOf(set) + set.spec.replicas;

export function ordinalOf({ metadata }: StatefulSet, pod: Pod): number | undefined {
  const prefix = `${metadata.name}-`;
  const rest = pod.metadata.name.slice(prefix.length);
  return pod.metadata.name.startsWith(prefix) && /^\d+$/.test(rest) ? Number(rest) : undefined;
}

/** Its own Pods, and those of nobody that bear its names and stay: a pass may just have adopted them. */
export function membersOf(set: StatefulSet, view: View): readonly Member[] {
  const { uid, namespace = '' } = set.metadata;
  const pods = [
    ...view.by<Pod>('Pod', 'controller', uid),
    ...view.by<Pod>('Pod', 'controller', `none/${namespace}`).filter(stays),
  ];
  return pods.flatMap((pod) => {
    const ordinal = ordinalOf(set, pod);
    return ordinal === undefined ? [] : [{ ordinal, pod }];
  });
}

const stays = ({ metadata }: Pod): boolean => metadata.deletionTimestamp === undefined;

export const condemnedOf = (set: StatefulSet, members: readonly Member[]): readonly Member[] =>
  members.filter(({ ordinal }) => !isWanted(set, ordinal));

export interface Clock {
  readonly minReadySeconds: number;
  readonly now: number;
}

export const clock = ({ spec }: StatefulSet, { simulation }: World): Clock => ({
  minReadySeconds: spec.minReadySeconds ?? 0,
  now: simulation.now,
});

/** Running, ready for long enough, and not being deleted. */
export function isWell({ metadata, status }: Pod, { minReadySeconds, now }: Clock): boolean {
  if (metadata.deletionTimestamp !== undefined || status.phase !== 'Running') return false;
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return false;
  return (
    minReadySeconds === 0 ||
    parseTimestamp(ready.lastTransitionTime ?? '') + minReadySeconds * 1000 <= now
  );
}

export const isOutdated = ({ metadata }: Pod, newest: string | undefined): boolean =>
  metadata.labels?.[revisionLabel] !== newest;

export function templateIn({ data }: ControllerRevision): PodTemplateSpec {
  const { spec } = data as { readonly spec: { readonly template: PodTemplateSpec } };
  const { $patch: _replace, ...template } = spec.template as PodTemplateSpec & { $patch?: string };
  return template;
}

const historyOf = ({ metadata }: StatefulSet, view: View): readonly ControllerRevision[] =>
  view.by<ControllerRevision>('ControllerRevision', 'controller', metadata.uid);

/** The revision of a name, if the set has it. */
export const memberOf = (
  name: string | undefined,
  set: StatefulSet,
  view: View,
): ControllerRevision | undefined =>
  historyOf(set, view).find(({ metadata }) => metadata.name === name);

/** The revision of the template that the set has. */
export function newestRevision(set: StatefulSet, view: View): ControllerRevision | undefined {
  const { template } = set.spec;
  return historyOf(set, view).find((revision) => deepEqual(templateIn(revision), template));
}
