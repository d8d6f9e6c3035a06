/** Every controller of kube-controller-manager. A new one adds its line. */
import type { Controller } from '../sim/controller.ts';
import { attachDetachController } from './attachdetach.ts';
import { cronJobController } from './cronjob.ts';
import { daemonSetController } from './daemonset.ts';
import { deploymentController } from './deployment.ts';
import { staleDisruptionTarget } from './disruption/stalecondition.ts';
import { disruptionController } from './disruption.ts';
import { endpointsController } from './endpoints.ts';
import { endpointSliceController } from './endpointslice.ts';
import { endpointSliceMirroringController } from './endpointslicemirroring.ts';
import { ephemeralVolumeController } from './ephemeralvolume.ts';
import { garbageCollector } from './garbagecollector.ts';
import { horizontalPodAutoscalerController } from './horizontalpodautoscaler.ts';
import { jobController } from './job.ts';
import { namespaceController } from './namespace.ts';
import { nodeLifecycleController } from './nodelifecycle.ts';
import { nodeTtlController } from './nodettl.ts';
import { persistentVolumeBinder } from './persistentvolume.ts';
import { persistentVolumeClaimProtection } from './persistentvolumeclaimprotection.ts';
import { persistentVolumeProtection } from './persistentvolumeprotection.ts';
import { podGarbageCollector } from './podgc.ts';
import { replicaSetController } from './replicaset.ts';
import { replicationController } from './replicationcontroller.ts';
import { resourceQuotaController } from './resourcequota.ts';
import { statefulSetController } from './statefulset.ts';
import { taintEvictionController } from './tainteviction.ts';
import { ttlAfterFinishedController } from './ttlafterfinished.ts';
import { volumeProvisioner } from './volumeprovisioner.ts';

/**
 * Makes each of them anew: what one remembers dies with its process.
 *
 * The order is that in which calm lets them begin when one event wakes several. Those that act on
 * Pods come first: in a real cluster they have acted before the next sync of who owns them ends.
 */
export const controllers: readonly (() => Controller)[] = [
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  jobController,
  deploymentController,
  cronJobController,
  ttlAfterFinishedController,
  garbageCollector,
  namespaceController,
  nodeLifecycleController,
  nodeTtlController,
  taintEvictionController,
  podGarbageCollector,
  persistentVolumeBinder,
  persistentVolumeClaimProtection,
  persistentVolumeProtection,
  ephemeralVolumeController,
  attachDetachController,
  volumeProvisioner,
  endpointSliceController,
  endpointsController,
  endpointSliceMirroringController,
  disruptionController,
  staleDisruptionTarget,
  horizontalPodAutoscalerController,
  resourceQuotaController,
];
