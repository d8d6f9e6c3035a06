/**
 * HorizontalPodAutoscaler controller (ctl-05 §A): every 15 seconds it measures each target and sets
 * its size.
 *
 * It goes by the clock and not by events, so its keys wait in the background and a cluster in which
 * nothing changes comes to rest; a look that changed something, or was held back, asks for another.
 */
import type { HorizontalPodAutoscaler } from '../api/horizontalpodautoscaler.ts';
import type { Controller } from '../sim/controller.ts';
import { Look } from './horizontalpodautoscaler/look.ts';
import { Memory } from './horizontalpodautoscaler/memory.ts';

const periodMs = 15_000;

export function horizontalPodAutoscalerController(): Controller {
  const memory = new Memory();
  let now = 0;
  return {
    name: 'horizontal-pod-autoscaler',
    watches: ['HorizontalPodAutoscaler', 'Pod'],
    keysFor({ kind, type, key }, { queue }) {
      if (kind !== 'HorizontalPodAutoscaler') return;
      if (type === 'DELETED') memory.forget(key);
      else {
        memory.of(key);
        queue.addAfter(key, periodMs);
      }
    },
    metricsChanged({ queue }) {
      for (const key of memory.keys) queue.addAfter(key, periodMs);
    },
    *reconcile(key, context) {
      now = context.now;
      const autoscaler = context.view.get<HorizontalPodAutoscaler>('HorizontalPodAutoscaler', key);
      if (autoscaler === undefined) {
        memory.forget(key);
        return undefined;
      }
      const look = new Look(autoscaler, memory, context);
      const outcome = yield* look.run();
      context.queue.addAfter(key, periodMs, !look.unfinished);
      return outcome;
    },
    memory: () => memory.told(now),
  };
}
