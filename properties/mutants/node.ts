/** Published bugs of those that look after nodes, and evict Pods from them. */
import type { Mutant } from './mutant.ts';

const monitor = 'src/controllers/nodelifecycle/monitor.ts';
const eviction = 'src/controllers/tainteviction.ts';
const unconditional = {
  text: 'patch: { metadata: { resourceVersion }, ',
  replacement: 'patch: { ',
};

export const nodeMutants: readonly Mutant[] = [
  {
    id: 'N1',
    family: 'node',
    source: 'k/k#119862, k/k#139992, k/k#140198',
    about: 'decides on an eviction by a node that may be old: healthy Pods are killed',
    patches: [
      {
        file: eviction,
        text: "const live = yield* call<Node>({ verb: 'get', kind: 'Node', name });",
        replacement:
          "const live = { ok: true, object: context.view.get<Node>('Node', name)!, status: { reason: '', message: '' } } as const;",
      },
    ],
    killedBy: ['N-S1'],
  },
  {
    id: 'N2',
    family: 'node',
    source: 'k/k#90794',
    about: 'a taint that goes in time does not stop the eviction that was planned for it',
    patches: [
      {
        file: eviction,
        text: '    if (seconds === undefined) {\n      cancel(pod, context);\n      return undefined;\n    }\n    if (seconds > 0 && plan?.uid',
        replacement:
          '    if (seconds === undefined) return plan !== undefined && now >= plan.at ? yield* evictNow(pod, context) : undefined;\n    if (seconds > 0 && plan?.uid',
      },
      {
        file: eviction,
        text: '      live.ok && noExecuteTaints(live.object).length > 0 ? dueAt(live.object, pod) : undefined;',
        replacement: '      live.ok ? Math.min(now, dueAt(live.object, pod) ?? 0) : undefined;',
      },
    ],
    killedBy: ['N-S1'],
  },
  {
    id: 'N4',
    family: 'node',
    source: 'k/k#126755',
    about: 'writes the list of taints whatever it is by now: those of others are lost',
    patches: [
      { file: 'src/controllers/nodelifecycle/noexecute.ts', ...unconditional },
      { file: 'src/controllers/nodelifecycle/conditiontaints.ts', ...unconditional },
    ],
    killedBy: ['N-S4'],
  },
  {
    id: 'N5',
    family: 'node',
    source: 'k/k#6228, k/k#24200, k/k#20640',
    about: 'never suspects itself: a fault of the network makes it give up every node',
    patches: [
      {
        file: monitor,
        text: 'const allFull = [',
        replacement: 'const allFull = zones.size < 0 && [',
      },
    ],
    killedBy: ['N-S3'],
  },
  {
    id: 'N6',
    family: 'node',
    source: 'k/k#50067',
    about: 'gives a node up when it becomes not ready, and never if it was down just then',
    patches: [
      {
        file: monitor,
        text: '        yield* this.#keepTaint(current, context);\n',
        replacement:
          "        if (before?.status === 'True' || readyOf(current)?.status === 'True') yield* this.#keepTaint(current, context);\n",
      },
    ],
    killedBy: ['N-L1'],
  },
  {
    id: 'N7',
    family: 'node',
    source: 'k/k#69241',
    about: 'whether a node lives is told by its status alone, and not by its Lease',
    patches: [
      {
        file: 'src/controllers/nodelifecycle/health.ts',
        text: 'const renewed = lease?.spec.renewTime ?? before?.renewed;',
        replacement: 'const renewed = before?.renewed;',
      },
    ],
    killedBy: ['N-S2'],
  },
  {
    id: 'N8',
    family: 'node',
    source: 'unpublished',
    about: 'a taint that follows a condition stays when the condition is over',
    patches: [
      {
        file: 'src/controllers/nodelifecycle/conditiontaints.ts',
        text: 'const kept = taints.filter((taint) => !isOurs(taint) || wanted.includes(taint.key));',
        replacement:
          'const kept = taints.filter((taint) => !isOurs(taint) || managed.has(taint.key));',
      },
    ],
    killedBy: ['N-L2'],
  },
  {
    id: 'PG1',
    family: 'node',
    source: 'k/k#82365',
    about: 'a node that is missed for a moment is taken to be gone',
    patches: [
      {
        file: 'src/controllers/podgc/decide.ts',
        text: 'export const quarantineMs = 40_000;',
        replacement: 'export const quarantineMs = 0;',
      },
    ],
    killedBy: ['PG-S1'],
  },
  {
    id: 'PG2',
    family: 'node',
    source: 'k/k#68071',
    about: 'Pods are only collected when the node is seen to go',
    patches: [
      {
        file: 'src/controllers/podgc.ts',
        text: 'if (isStranded || isGarbage) queue',
        replacement: 'if (isGarbage) queue',
      },
    ],
    killedBy: ['PG-L1'],
  },
];
