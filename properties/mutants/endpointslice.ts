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
  {
    id: 'E4',
    family: 'endpointslice',
    source: 'k/k#92968',
    about: 'a Pod that is ready counts as ready on its way out, too',
    patches: [
      {
        file: 'src/controllers/endpointslice/endpoint.ts',
        text: '(serving && !terminating), serving',
        replacement: 'serving, serving',
      },
    ],
    killedBy: ['E-S2'],
  },
  {
    id: 'E5',
    family: 'endpointslice',
    source: 'unpublished',
    about: 'a slice is filled as if nothing were in it',
    patches: [
      {
        file: 'src/controllers/endpointslice/packing.ts',
        text: 'endpoints.push(...rest.splice(0, Math.max(0, limit - endpoints.length)));',
        replacement: 'endpoints.push(...rest.splice(0, limit));',
      },
    ],
    killedBy: ['E-S3'],
  },
  {
    id: 'E6',
    family: 'endpointslice',
    source: 'unpublished',
    about: 'Endpoints that a user deletes are not made again',
    patches: [
      {
        file: 'src/controllers/endpoints.ts',
        text: "} else if (event.type === 'DELETED') queue.add(event.key);",
        replacement: "} else if (event.type === 'DELETED') return;",
      },
    ],
    killedBy: ['E-L2'],
  },
];
