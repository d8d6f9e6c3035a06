/** Every controller of kube-controller-manager. A new one adds its line. */
import type { Controller } from '../sim/controller.ts';
import { deploymentController } from './deployment.ts';
import { garbageCollector } from './garbagecollector.ts';
import { replicaSetController } from './replicaset.ts';

/** Makes each of them anew: what one remembers dies with its process. */
export const controllers: readonly (() => Controller)[] = [
  garbageCollector,
  deploymentController,
  replicaSetController,
];
