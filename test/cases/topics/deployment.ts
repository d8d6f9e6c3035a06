/** Decisions of the Deployment controller. */

import { timestamp } from '../../../src/api/time.ts';
import { surplus } from '../../../src/controllers/deployment/cleanup.ts';
import {
  maxUnavailable,
  resolveFenceposts,
} from '../../../src/controllers/deployment/fenceposts.ts';
import {
  isComplete,
  isProgressing,
  isTimedOut,
} from '../../../src/controllers/deployment/progress.ts';
import { scaled } from '../../../src/controllers/deployment/proportional.ts';
import {
  cleanUpUnhealthy,
  newReplicas,
  type Resized,
  reconciledNew,
  reconciledOld,
  scaleDownOld,
} from '../../../src/controllers/deployment/sizes.ts';
import type { Input, Topics } from '../topic.ts';
import { deployment, replicaSet } from './objects.ts';

const removed = (resized: readonly Resized[], sizes: Map<string, number>): number => {
  let total = 0;
  for (const { rs, size } of resized) {
    total += (sizes.get(rs.metadata.name) ?? rs.spec.replicas) - size;
    sizes.set(rs.metadata.name, size);
  }
  return total;
};

const statusOf = ([replicas, updatedReplicas, readyReplicas, availableReplicas]: Input) => ({
  replicas,
  updatedReplicas,
  readyReplicas,
  availableReplicas,
});

export const deployments: Topics = {
  deploy_fenceposts({ maxSurge, maxUnavailable: unavailable, desired }) {
    const resolved = resolveFenceposts(maxSurge, unavailable, desired);
    return resolved === undefined
      ? { surge: 0, unavailable: 0, error: true }
      : { ...resolved, error: false };
  },
  deploy_max_unavailable: (input) => ({ maxUnavailable: maxUnavailable(deployment(input)) }),
  deploy_new_rs_replicas({ otherReplicas, newReplicas: size, countNew, ...rest }) {
    const newRs = replicaSet({ name: 'new', replicas: size });
    const others = otherReplicas.map((replicas: number, i: number) =>
      replicaSet({ name: `rs${i}`, replicas }),
    );
    return {
      newReplicas: newReplicas(deployment(rest), countNew ? [...others, newRs] : others, newRs),
    };
  },
  deploy_reconcile_new({ old, new: size, ...rest }) {
    const newRs = replicaSet({ name: 'new', replicas: size });
    const all = [replicaSet({ name: 'old', replicas: old }), newRs];
    return { scaledTo: reconciledNew(deployment(rest), all, newRs) ?? null };
  },
  deploy_reconcile_old({ old, new: fields, ...rest }) {
    const newRs = replicaSet({ name: 'new', created: 1_000_000, ...fields });
    const sets = old.map(replicaSet);
    const {
      minAvailable = null,
      maxScaledDown = null,
      cleaned,
      scaledDown,
    } = reconciledOld(deployment(rest), [...sets, newRs], sets, newRs);
    const sizes = new Map<string, number>();
    const cleanupCount = removed(cleaned, sizes);
    const scaledDownCount = removed(scaledDown, sizes);
    return {
      minAvailable,
      maxScaledDown,
      cleanupCount,
      scaledDownCount,
      scaled: sizes.size > 0,
      sizes: Object.fromEntries(sizes),
    };
  },
  deploy_cleanup_unhealthy({ maxCleanup, ...fields }) {
    return {
      cleaned: removed(cleanUpUnhealthy([replicaSet(fields)], maxCleanup).resized, new Map()),
    };
  },
  deploy_scale_down_old({ replicas, maxUnavailable: unavailable, available, oldReplicas }) {
    const old = replicaSet({ name: 'old', replicas: oldReplicas, available });
    const target = deployment({ replicas, maxSurge: 0, maxUnavailable: unavailable });
    return { oldReplicas: scaleDownOld(target, [old], [old])[0]?.size ?? oldReplicas };
  },
  deploy_scale({ newRS, oldRSs, ...rest }) {
    const newRs = newRS === null ? undefined : replicaSet(newRS);
    const resized = scaled(deployment(rest), newRs, oldRSs.map(replicaSet));
    const changed = resized.filter(({ rs, size }) => rs.spec.replicas !== size);
    return { changed: Object.fromEntries(changed.map(({ rs, size }) => [rs.metadata.name, size])) };
  },
  deploy_progress(input) {
    switch (input.check) {
      case 'progressing':
        return { result: isProgressing(statusOf(input.old), statusOf(input.new)) };
      case 'complete': {
        const target = deployment({ replicas: input.specReplicas, generation: input.generation });
        const { replicas, updated, available, observedGeneration } = input;
        const status = {
          replicas,
          updatedReplicas: updated,
          availableReplicas: available,
          observedGeneration,
        };
        return { result: isComplete(target, status) };
      }
      default: {
        const now = 1_000_000;
        const { progressDeadlineSeconds, reason, secondsSinceLastUpdate } = input;
        const lastUpdateTime = timestamp(now - secondsSinceLastUpdate * 1000);
        const condition = { type: 'Progressing', status: 'True' as const, reason, lastUpdateTime };
        const seconds = progressDeadlineSeconds ?? undefined;
        return { result: isTimedOut({ progressDeadlineSeconds: seconds, condition, now }) };
      }
    }
  },
  deploy_cleanup_history({ oldRSs, limit }) {
    const sets = oldRSs.map(
      ([name, replicas, statusReplicas, revision, deleting]: Input, i: number) =>
        replicaSet({ name, replicas, statusReplicas, revision, deleting, created: i }),
    );
    return { deleted: surplus(limit, sets).map(({ metadata: { name } }) => name) };
  },
};
