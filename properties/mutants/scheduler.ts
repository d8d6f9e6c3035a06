/** Published bugs of the scheduler, and of its choice of victims, as patches of ours. */
import type { Mutant } from './mutant.ts';

const scheduler = 'src/scheduler/scheduler.ts';
const victims = 'src/scheduler/preemption/victims.ts';

export const schedulerMutants: readonly Mutant[] = [
  {
    id: 'SC1',
    family: 'scheduler',
    source: 'k/k#72122, k/k#102790',
    about: 'what happens while a Pod is being tried is not kept for it: it waits for ever',
    patches: [
      {
        file: 'src/scheduler/queue.ts',
        text: '    for (const events of this.#inFlight.values()) events.push(event);\n',
        replacement: '',
      },
    ],
    killedBy: ['SCH-L1'],
  },
  {
    id: 'SC2',
    family: 'scheduler',
    source: 'k/k#55587, k/k#51313',
    about: 'a deletion that only a new list tells of is ignored: what is gone keeps its room',
    patches: [
      {
        file: scheduler,
        text: '  #podChanged({ type, object: pod, old, n }: WatchEvent<Pod>): void {\n',
        replacement:
          '  #podChanged({ type, object: pod, old, n, tombstone }: WatchEvent<Pod>): void {\n    if (tombstone) return;\n',
      },
    ],
    killedBy: ['SCH-S4', 'SCH-L1'],
  },
  {
    id: 'SC4',
    family: 'scheduler',
    source: 'k/k#93938, k/k#63262',
    about: 'a node that comes back under its name is taken to be empty: its Pods are overlooked',
    patches: [
      {
        file: 'src/scheduler/cache.ts',
        text: '    if (info.pods.size > 0) this.#homeless.set(name, new Map(info.pods));\n',
        replacement: '',
      },
    ],
    killedBy: ['SCH-S1', 'SCH-S4'],
  },
  {
    id: 'SC5',
    family: 'scheduler',
    source: 'k/k#28883, k/k#26043',
    about: 'a Pod whose binding failed is not forgotten: it keeps its room, and is not tried again',
    patches: [
      { file: scheduler, text: '    this.#cache.forget(pod.metadata.uid);\n', replacement: '' },
    ],
    killedBy: ['SCH-S4'],
  },
  {
    id: 'SC6',
    family: 'scheduler',
    source: 'k/k#106361, PR#38503',
    about: 'an assumed Pod expires after 30 s, though its binding may still work: no room is left',
    patches: [
      {
        file: scheduler,
        text: '    this.#cache.assume(pod, node);\n',
        replacement:
          "    this.#cache.assume(pod, node);\n    this.#env.timer('expire ' + uid, this.#env.now + 30_000);\n",
      },
      {
        file: scheduler,
        text: '  onTimer(): void {\n',
        replacement:
          "  onTimer(tag: string): void {\n    if (tag.startsWith('expire ')) this.#cache.forget(tag.slice(7));\n",
      },
    ],
    killedBy: ['SCH-S1'],
  },
  {
    id: 'SC9',
    family: 'scheduler',
    source: 'SelectVictimsOnNode',
    about: 'displaces Pods that are just as important',
    patches: [
      {
        file: victims,
        text: 'filter((pod) => priorityOf(pod) < least);',
        replacement: 'filter((pod) => priorityOf(pod) <= least);',
      },
    ],
    killedBy: ['SCH-S5'],
  },
  {
    id: 'SC10',
    family: 'scheduler',
    source: 'reprievePod',
    about: 'puts nobody back who could have stayed',
    patches: [
      {
        file: victims,
        text: 'if (filterWithNominated(supposed, copy, { filters, nominator }) === undefined) continue;',
        replacement: '',
      },
    ],
    killedBy: ['SCH-S5'],
  },
  {
    id: 'SC11',
    family: 'scheduler',
    source: 'filterPodsWithPDBViolation',
    about: 'knows no budgets when it chooses whom to displace',
    patches: [{ file: victims, text: 'if (allowed[i]! < 0) isViolating = true;', replacement: '' }],
    killedBy: ['SCH-S5'],
  },
  {
    id: 'SC12',
    family: 'scheduler',
    source: 'NodePorts',
    about: 'binds two Pods to one port of a node',
    patches: [
      {
        file: 'src/scheduler/plugins/nodeports.ts',
        text: 'if (portsConflict(pod, other)) return taken;',
        replacement: 'if (pod === other) return taken;',
      },
    ],
    killedBy: ['SCH-S1'],
  },
  {
    id: 'SC13',
    family: 'scheduler',
    source: 'satisfyExistingPodsAntiAffinity',
    about: 'binds a Pod beside one that wants to be alone',
    patches: [
      {
        file: 'src/scheduler/plugins/interpodaffinity.ts',
        text: 'return required.others.meets(node) ? unwelcome : undefined;',
        replacement: 'return undefined;',
      },
    ],
    killedBy: ['SCH-S1'],
  },
  {
    id: 'SC14',
    family: 'scheduler',
    source: 'VolumeRestrictions',
    about: 'binds two Pods that write to one disk to the same node',
    patches: [
      {
        file: 'src/scheduler/plugins/volumerestrictions.ts',
        text: 'if (conflict(disks, disksOf(other))) return noDisk;',
        replacement: 'if (pods.size < 0 && conflict(disks, disksOf(other))) return noDisk;',
      },
    ],
    killedBy: ['SCH-S1'],
  },
  {
    id: 'SC15',
    family: 'scheduler',
    source: 'isSchedulableAfterPodEvent',
    about: 'a Pod that made room for itself is not woken when the room is there',
    patches: [
      {
        file: 'src/scheduler/plugins/noderesourcesfit.ts',
        text: '          if (old === undefined) return isPlaced(object as Pod);\n',
        replacement: '          if (old === undefined) return false;\n',
      },
    ],
    killedBy: ['SCH-S6', 'SCH-L1'],
  },
  {
    id: 'SC16',
    family: 'scheduler',
    source: 'k/k#56261, k/k#94437',
    about: 'a node that goes stays in the picture: Pods are bound to it',
    patches: [
      {
        file: scheduler,
        text: "if (type === 'DELETED') this.#cache.removeNode(node.metadata.name);",
        replacement: "if (type === 'DELETED') void node;",
      },
    ],
    killedBy: ['SCH-S2'],
    alone: true,
  },
  {
    id: 'SC17',
    family: 'scheduler',
    source: 'KEP-3521',
    about: 'binds a Pod that has gates, and the API server lets it',
    patches: [
      {
        file: 'src/scheduler/plugins/schedulinggates.ts',
        text: 'if (gates.length === 0) return undefined;',
        replacement: 'if (gates.length >= 0) return undefined;',
      },
      {
        file: 'src/apiserver/subresources.ts',
        text: 'if ((spec.schedulingGates ?? []).length > 0)',
        replacement: 'if ((spec.schedulingGates ?? []).length > 99)',
      },
    ],
    killedBy: ['SCH-S3'],
  },
];
