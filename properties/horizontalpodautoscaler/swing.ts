/**
 * A size that swings for ever, as it does with Kubernetes' own autoscaler. Pods that have just begun bear their
 * part of the load and are not counted until they have been measured while ready; so the others look idle, the
 * size goes back, and with fewer Pods they look busy. A window of stabilization hides it, and by default there is
 * one of five minutes (upstream: replica_calculator.go, groupPods).
 */
import type { HorizontalPodAutoscaler } from '../../src/api/horizontalpodautoscaler.ts';
import { kindNameOf } from '../../src/api/index.ts';
import { makeKey } from '../../src/api/meta.ts';
import type { Entry } from '../../src/log/entry.ts';
import type { World } from '../rule.ts';
import { isResize, sizeOf } from './history.ts';
import { autoscalerKind } from './look.ts';

/** So many of its last sizes have to be the same two, in turns. */
const turnsMin = 6;

/** The defect, in words; undefined: no autoscaler does so. */
export function swings({ simulation, now }: World): string | undefined {
  for (const { metadata, spec } of now.list<HorizontalPodAutoscaler>(autoscalerKind)) {
    if (spec.behavior?.scaleDown?.stabilizationWindowSeconds !== 0) continue;
    const { kind, name, apiVersion = '' } = spec.scaleTargetRef;
    const target = kindNameOf({ apiVersion, kind });
    const sizes = lastSizes(simulation.log.entries, target, makeKey(metadata.namespace, name));
    if (isSwing(sizes)) {
      return 'an autoscaler without a window of stabilization swings: new Pods bear their part of the load, and are not counted yet';
    }
  }
  return undefined;
}

/** Those that an autoscaler set since anybody else did, the newest first. */
function lastSizes(entries: readonly Entry[], kind: string, key: string): readonly number[] {
  const sizes: number[] = [];
  for (let i = entries.length - 1; i >= 0 && sizes.length < turnsMin; i--) {
    const entry = entries[i]!;
    if (entry.type !== 'write' || entry.kind !== kind || entry.key !== key) continue;
    if (sizeOf(entry.before) === sizeOf(entry.after)) continue;
    if (!isResize(entry)) break;
    sizes.push(sizeOf(entry.after));
  }
  return sizes;
}

const isSwing = (sizes: readonly number[]): boolean =>
  sizes.length === turnsMin &&
  sizes.every((size, i) => size === sizes[i % 2]) &&
  sizes[0] !== sizes[1];
