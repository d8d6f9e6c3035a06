/** Published bugs of those that write down where the Pods behind Services can be reached. */
import type { Mutant } from './mutant.ts';

export const endpointSliceMutants: readonly Mutant[] = [
  {
    id: 'E1',
    family: 'endpointslice',
    source: 'k/k#85353',
    about: 'does not watch its slices: what a user changes or deletes stays so',
    patches: [
      {
        file: 'src/controllers/endpointslice.ts',
        text: 'sliceChanged(event as WatchEvent<EndpointSlice>, sliceManager, tracker, queue);',
        replacement: 'void sliceChanged;',
      },
    ],
    killedBy: ['E-L1'],
  },
  {
    id: 'E2',
    family: 'endpointslice',
    source: 'k/k#93374, k/k#99345, k/k#100033, k/k#92928',
    about: 'does not know its own writes: a stale cache puts a Pod into two slices',
    patches: [
      {
        file: 'src/controllers/endpointslice/tracker.ts',
        text: '    const shown = new Set<string>();\n',
        replacement:
          '    if (written.size >= 0) return false;\n    const shown = new Set<string>();\n',
      },
    ],
    killedBy: ['E-S1', 'E-L1'],
  },
  {
    id: 'E3',
    family: 'endpointslice',
    source: 'k/k#117193, k/k#125638, k/k#126578, k/k#127370',
    about: 'waits for a write that failed: the slices of the Service stand still',
    patches: [
      {
        file: 'src/controllers/endpointslice/write.ts',
        text: '    if (!updated.ok) {\n',
        replacement:
          '    if (!updated.ok) {\n      const { generation = 0, uid = "" } = slice.metadata as EndpointSlice["metadata"];\n      tracker.wrote({ ...slice, metadata: { ...slice.metadata, uid, generation: generation + 1 } } as EndpointSlice);\n',
      },
    ],
    // The two that write slices share the tracker.
    killedBy: ['E-L1', 'E-L3'],
  },
];
