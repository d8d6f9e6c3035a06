/** Published bugs of DaemonSet controllers. */
import type { Mutant } from './mutant.ts';

const folder = 'src/controllers/daemonset';

export const daemonSetMutants: readonly Mutant[] = [
  {
    id: 'DS1',
    family: 'daemonset',
    source: 'k/k#14528, k/k#6596',
    about: 'Pods that it could not find out about are taken for none: a second one on each node',
    patches: [
      {
        file: 'src/controllers/daemonset.ts',
        text: '  if (pods.error !== undefined) return { error: pods.error };\n  return { pods: pods.objects,',
        replacement: '  return { pods: pods.error === undefined ? pods.objects : [],',
      },
    ],
    killedBy: ['DS-S1'],
  },
  {
    id: 'DS3',
    family: 'daemonset',
    source: 'k/k#40330, k/k#65240, k/k#51884',
    about: 'failed Pods are replaced at full speed',
    patches: [
      {
        file: `${folder}/failedpods.ts`,
        text: 'if (idleMs < entry.backoffMs) return entry.backoffMs;',
        replacement: 'if (idleMs < 0) return entry.backoffMs;',
      },
    ],
    killedBy: ['DS-S4', 'G13'],
  },
  {
    id: 'DS4',
    family: 'daemonset',
    source: 'k/k#123232',
    about: 'new Pods that are not available are not counted: the update takes every node',
    patches: [
      {
        file: `${folder}/rolling.ts`,
        text: 'updated === undefined || old !== undefined || !isAvailable(updated, rolling)',
        replacement: 'updated === undefined || old !== undefined',
      },
    ],
    killedBy: ['DS-S3'],
  },
  {
    id: 'DS6',
    family: 'daemonset',
    source: 'openkruise/kruise#744',
    about: 'asks to come back when the wait is over, and then waits again: a failed Pod stays',
    patches: [
      {
        file: `${folder}/failedpods.ts`,
        text: 'since: now });\n    return undefined;\n  }\n\n  memory',
        replacement: 'since: now });\n    return entry.backoffMs;\n  }\n\n  memory',
      },
    ],
    killedBy: ['DS-L1'],
  },
  {
    id: 'DS8',
    family: 'daemonset',
    source: 'k/k#61886',
    about: 'compares Pods with the template, and admission has changed them: it updates for ever',
    patches: [
      {
        file: `${folder}/template.ts`,
        text: '  { metadata: { labels = {} } }: Pod,',
        replacement: '  { metadata: { labels = {} }, spec }: Pod,',
      },
      {
        file: `${folder}/template.ts`,
        text: "  return (\n    (hash !== ''",
        replacement:
          "  return spec.priority === ds.spec.template.spec.priority && (\n    (hash !== ''",
      },
    ],
    killedBy: ['G13', 'DS-L1'],
  },
  {
    id: 'DS9',
    family: 'daemonset',
    source: 'k/k#75836, k/k#95432, k/k#136932',
    about: 'a deletion that is seen fulfils what was expected, and wakes nobody',
    patches: [
      {
        file: `${folder}/watch.ts`,
        text: '    expectations.deletionObserved(keyOf(owner), keyOf(pod));\n    queue.add(keyOf(owner));',
        replacement: '    expectations.deletionObserved(keyOf(owner), keyOf(pod));',
      },
      {
        file: `${folder}/watch.ts`,
        text: 'const { view, queue, expectations } = context;\n  for',
        replacement: 'const { view, expectations } = context;\n  for',
      },
    ],
    killedBy: ['DS-L1'],
  },
  {
    id: 'DS10',
    family: 'daemonset',
    source: 'k/k#63465',
    about: 'waits until a Pod that is being deleted is gone, which it may never be',
    patches: [
      {
        file: `${folder}/watch.ts`,
        text: "if (type === 'DELETED' || beingDeleted) return",
        replacement: "if (type === 'DELETED' && !beingDeleted) return",
      },
    ],
    killedBy: ['DS-L1'],
  },
  {
    id: 'DS11',
    family: 'daemonset',
    source: 'k/k#29738, k/k#48190',
    about: 'creates Pods on nodes that have a taint which they do not tolerate',
    patches: [
      {
        file: `${folder}/eligibility.ts`,
        text: "return refused.some(({ effect }) => effect === 'NoSchedule') ? stays : both;",
        replacement: "return refused.some(({ key }) => key === 'NoSchedule') ? stays : both;",
      },
    ],
    killedBy: ['DS-S2'],
  },
];
