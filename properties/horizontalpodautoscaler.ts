/** What HorizontalPodAutoscalers promise (properties §7). */
import type { HorizontalPodAutoscaler } from '../src/api/horizontalpodautoscaler.ts';
import { kindNameOf } from '../src/api/index.ts';
import { makeKey } from '../src/api/meta.ts';
import type { Entry, WriteEntry } from '../src/log/entry.ts';
import { letPass } from '../src/sim/passing.ts';
import { held, reach } from './horizontalpodautoscaler/bounds.ts';
import {
  Autoscalers,
  isResize,
  type Remembered,
  sizeOf,
} from './horizontalpodautoscaler/history.ts';
import { autoscalerKind, by, type Look } from './horizontalpodautoscaler/look.ts';
import { swings } from './horizontalpodautoscaler/swing.ts';
import type { Always, Eventually, Judged, Properties, World } from './rule.ts';

/** A resize, the look on which it was decided, and what its author has to remember. */
interface Resize {
  readonly entry: WriteEntry;
  readonly from: number;
  readonly to: number;
  readonly look: Look;
  readonly known: Remembered;
  readonly rivals: readonly string[];
}

/** A rule of each change of a size by an autoscaler. */
const onResize = (id: string, claim: string, judge: (resize: Resize) => Judged): Always => ({
  id,
  claim,
  begin() {
    const autoscalers = new Autoscalers();
    return (entry, world) => {
      if (entry.by !== by && entry.type !== 'fault') return undefined;
      const found = autoscalers.observe(entry, world);
      if (found === undefined || !isResize(entry)) return undefined;
      const { look, known } = found;
      const write = entry as WriteEntry;
      const [from, to] = [sizeOf(write.before), sizeOf(write.after)];
      const rivals = autoscalers.rivals(look, world);
      const judged = judge({ entry: write, from, to, look, known, rivals });
      // Nobody told its author that it was resized.
      const before = world.simulation.log.at(write.n - 1);
      const isLost = before?.type === 'fault' && before.fault === 'reply lost';
      if (!isLost) autoscalers.resized(known, write);
      return judged;
    };
  },
});

const told = ({ entry, from, to }: Resize): string => `${entry.key} goes from ${from} to ${to}`;

const within = onResize(
  'H-S1',
  'a size stays within its bounds, and goes no faster than the policies allow',
  (resize) => {
    const { from, to, look, known } = resize;
    const { spec } = look.autoscaler;
    const { minReplicas: min, maxReplicas: max } = spec;
    if (to < min || to > max) return `${told(resize)}, and ${min} to ${max} are its bounds`;
    if (from < min || from > max) {
      const bound = from < min ? min : max;
      return to === bound ? undefined : `${told(resize)}, and ${bound} is its bound`;
    }
    const { least, most } = reach(spec, known, { current: from, t: look.t });
    if (to > most) return `${told(resize)}, and ${most} is as much as it may be by now`;
    return to < least
      ? `${told(resize)}, and ${least} is as little as it may be by now`
      : undefined;
  },
);

const patient = onResize(
  'H-S2',
  'a size goes down only as far, and with a window for that up only as far, as all that was recommended lately',
  (resize) => {
    const { from, to, look, known } = resize;
    if (!look.measures || look.recommended === undefined) return undefined;
    const { spec } = look.autoscaler;
    const recommended = look.recommended.replicas;
    const { up, down } = held(spec, known, { t: look.t, recommended });
    if (to < from && to < Math.min(down, spec.maxReplicas)) {
      return `${told(resize)}, and ${down} was recommended lately`;
    }
    return to > from && to > up ? `${told(resize)}, and ${up} was recommended lately` : undefined;
  },
);

const careful = onResize(
  'H-S3',
  'what is not measured stands against a change: idle on the way up, busy on the way down; what is switched off stays so',
  (resize) => {
    const { from, to, look, known } = resize;
    const { autoscaler, current, recommended } = look;
    if (current === 0 && autoscaler.spec.minReplicas !== 0) return `${told(resize)}, and was off`;
    if (!look.measures) return undefined;
    if (recommended === undefined) return `${told(resize)}, and nothing of it is measured`;
    if (!recommended.assumes) return undefined;
    const { replicas } = recommended;
    // Without rules, what was recommended before may still be on its way up.
    const earlier = autoscaler.spec.behavior === undefined ? known.recommendations : [];
    const most = Math.max(replicas, ...earlier.map((one) => one.replicas));
    if (to > from && to > most) return `${told(resize)}, and ${most} would do if the rest is idle`;
    return to < from && to < replicas
      ? `${told(resize)}, and ${replicas} are needed if the rest is busy`
      : undefined;
  },
);

const alone = onResize('H-S4', 'Pods that two autoscalers select make neither resize', (resize) => {
  const [rival] = resize.look.measures ? resize.rivals : [];
  return rival === undefined ? undefined : `${told(resize)}, and ${rival} selects its Pods, too`;
});

/**
 * So long nothing may move, in one of some times: that Pods began a while ago, and that nothing was
 * recommended for a while, changes what is done, though nobody does anything.
 */
const watchMs = 10 * 60_000;
const timesMax = 5;

const steady: Eventually = {
  id: 'H-L1',
  known: swings,
  claim: 'while what is measured stays the same, sizes come to stay, within their bounds',
  holds({ simulation, now }) {
    const autoscalers = now.list<HorizontalPodAutoscaler>(autoscalerKind);
    if (autoscalers.length === 0) return undefined;
    for (let times = 1; ; times++) {
      const n = simulation.log.length;
      letPass(simulation, watchMs);
      const resized = simulation.log.entries.slice(n).find(isResize) as WriteEntry | undefined;
      if (resized === undefined) break;
      const [from, to] = [sizeOf(resized.before), sizeOf(resized.after)];
      if (times === timesMax) return `${resized.key} still goes from ${from} to ${to}`;
    }
    for (const { metadata, spec } of autoscalers) {
      const { kind, name, apiVersion = '' } = spec.scaleTargetRef;
      const target = now.get(kindNameOf({ apiVersion, kind }), makeKey(metadata.namespace, name));
      const size = sizeOf(target);
      if (target === undefined || size === 0) continue;
      if (size < spec.minReplicas || size > spec.maxReplicas) {
        return `${name} has the size ${size}, though ${spec.minReplicas} to ${spec.maxReplicas} are its bounds`;
      }
    }
    return undefined;
  },
};

const resizes = (entry: Entry, way: (from: number, to: number) => boolean): boolean => {
  if (!isResize(entry)) return false;
  const { before, after } = entry as WriteEntry;
  return way(sizeOf(before), sizeOf(after));
};

/** The condition of an autoscaler has become this. */
const says = (entry: Entry, reason: string): boolean =>
  entry.type === 'write' &&
  entry.by === by &&
  entry.kind === autoscalerKind &&
  (entry.after as HorizontalPodAutoscaler | undefined)?.status.conditions?.some(
    (one) => one.reason === reason,
  ) === true;

const lookIn = ({ acting, looked }: World): Look | undefined => acting && looked(acting.pass);

export const horizontalPodAutoscaler: Properties = {
  always: [within, careful, patient, alone],
  eventually: [steady],
  restless: [swings],
  sometimes: [
    {
      id: 'H-W1',
      claim: 'a target is made smaller',
      seen: (entry) => resizes(entry, (from, to) => to < from),
    },
    {
      id: 'H-W2',
      claim: 'a size is held because of what was recommended lately',
      seen: (entry) => says(entry, 'ScaleDownStabilized'),
    },
    {
      id: 'H-W3',
      claim: 'a size goes no faster than its policies allow',
      seen: (entry) => says(entry, 'ScaleUpLimit') || says(entry, 'ScaleDownLimit'),
    },
    {
      id: 'H-W4',
      claim: 'two autoscalers select the same Pods',
      seen: (entry) => says(entry, 'AmbiguousSelector'),
    },
    {
      id: 'H-W5',
      claim: 'a size is set while some Pods are not measured',
      seen: (entry, world) => isResize(entry) && lookIn(world)?.recommended?.assumes === true,
    },
  ],
};
