/** Pods. */

import { blank } from '../../blank.ts';
import { podColumns } from '../columns/pod.ts';
import type { Kind } from '../kind.ts';
import { podLifecycle } from '../lifecycle/pod.ts';
import type { Condition, KubeObject, ObjectMeta } from '../meta.ts';
import { timestamp } from '../time.ts';
import { annotationErrors, ownErrors, validatePodCreate } from '../validation/pod.ts';
import { validatePodUpdate } from '../validation/podupdate.ts';
import { nameWarnings, podWarnings } from '../warnings/pod.ts';
import { withAppArmor } from './apparmor.ts';
import { validateEphemeralUpdate, withEphemeralContainers } from './ephemeralcontainers.ts';
import { claimKeysOf } from './podclaims.ts';
import { defaultPodSpec, filled } from './poddefaults.ts';
import { withMatchLabelKeys } from './podlabelkeys.ts';
import { validatePodResize, withResized } from './podresize.ts';
import type { PodSpec, ResourceRequirements } from './podspec.ts';
import { preparePodStatus, validatePodStatusUpdate } from './podstatusupdate.ts';
import { qosClassOf } from './qos.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly signal?: number;
    readonly reason?: string;
    readonly message?: string;
    readonly startedAt?: string | null;
    readonly finishedAt?: string | null;
    readonly containerID?: string;
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly started?: boolean;
  readonly allocatedResources?: Readonly<Record<string, string>>;
  readonly resources?: ResourceRequirements;
}

export interface PodStatus {
  readonly observedGeneration?: number;
  readonly phase?: PodPhase;
  readonly conditions?: readonly Condition[];
  readonly message?: string;
  readonly reason?: string;
  readonly nominatedNodeName?: string;
  readonly hostIP?: string;
  readonly hostIPs?: readonly { readonly ip: string }[];
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly startTime?: string;
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  readonly qosClass?: string;
  /** Of the Pod as a whole: what its node has set aside, and what its containers share. */
  readonly allocatedResources?: Readonly<Record<string, string>>;
  readonly resources?: ResourceRequirements;
}

export interface Pod extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status: PodStatus;
}

export const podKind: Kind<Pod> = {
  kind: 'Pod',
  apiVersion: 'v1',
  resource: 'pods',
  shortNames: ['po'],
  namespaced: true,
  subresources: ['status', 'binding', 'eviction', 'ephemeralcontainers', 'resize'],
  hasStatus: true,
  generation: (next, current) => next.spec !== current.spec,
  defaults: (pod) => filled(pod, { spec: defaultPodSpec(pod.spec ?? noSpec) }),
  prepareForCreate(pod, now, warn) {
    const { labels, annotations } = pod.metadata;
    const spec = withAppArmor(withMatchLabelKeys(pod.spec, labels), annotations, warn);
    return { ...blank, ...pod, spec, status: initialStatus(pod.spec, now) };
  },
  prepareForStatusUpdate: preparePodStatus,
  prepareForSubresource(name, next, current) {
    if (name === 'ephemeralcontainers') return withEphemeralContainers(next, current);
    return name === 'resize' ? withResized(next, current) : undefined;
  },
  validateSubresource(name, next, current) {
    if (name === 'ephemeralcontainers') return validateEphemeralUpdate(next, current);
    if (name !== 'resize') return [];
    const { ephemeralContainers: _added, ...spec } = next.spec;
    return [...ownErrors({ ...next, spec }), ...validatePodResize(next, current)];
  },
  validate: validatePodCreate,
  validateUpdate(next, current) {
    const annotations = annotationErrors(next, current);
    if (next.spec === current.spec) return annotations;
    // They cannot be there when a Pod is created, and are when it is updated.
    const { ephemeralContainers: _added, ...spec } = next.spec;
    const own = ownErrors({ ...next, spec });
    return [...own, ...annotations, ...validatePodUpdate(next, current)];
  },
  validateStatusUpdate: validatePodStatusUpdate,
  warnings: (pod, before) => [
    ...nameWarnings(pod, before, "the Pod's hostname"),
    // People rarely change Pods, and who does so often is to be answered soon.
    ...(before === undefined ? podWarnings(pod.spec, pod.metadata) : []),
  ],
  gracePeriod({ spec, status: { phase } }, requested) {
    if (spec.nodeName === undefined || phase === 'Succeeded' || phase === 'Failed') return 0;
    const seconds = requested ?? spec.terminationGracePeriodSeconds ?? 0;
    return seconds < 0 ? 1 : seconds;
  },
  returnsObjectOnDelete: true,
  indexes: {
    node: ({ spec: { nodeName } }: Pod) => nodeName,
    persistentVolumeClaim: claimKeysOf,
  },
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    // As it was called before version 1.
    'spec.host': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIP ?? '',
    'status.podIPs': ({ status }) => status.podIP ?? '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
  columns: podColumns,
  lifecycle: podLifecycle,
};

const noSpec = {} as PodSpec;

function initialStatus(spec: PodSpec, now: number): PodStatus {
  const qosClass = qosClassOf(spec);
  if (spec.schedulingGates === undefined || spec.schedulingGates.length === 0) {
    return { phase: 'Pending', qosClass };
  }
  const gated: Condition = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: timestamp(now),
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
  return { phase: 'Pending', conditions: [gated], qosClass };
}
