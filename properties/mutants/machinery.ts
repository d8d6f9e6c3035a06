/** Published bugs of garbage collectors, watches, and of what a pass builds upon. */
import type { Mutant } from './mutant.ts';

const collector = 'src/controllers/garbagecollector.ts';

export const machineryMutants: readonly Mutant[] = [
  {
    id: 'GC1',
    family: 'deployment',
    source: 'k/k#65200',
    about:
      'absent owners are remembered by uid alone: one looked up in the wrong namespace is absent everywhere',
    patches: [
      {
        file: collector,
        text: "const identity = [ref.apiVersion, ref.kind, ownerKey(ref, dependent, view), ref.uid].join('|');",
        replacement: 'const identity = ref.uid;',
      },
    ],
    killedBy: ['GC-S1'],
    runs: 60_000,
  },
  {
    id: 'GC2',
    family: 'deployment',
    source: 'attemptToDelete',
    about: 'an owner that the cache does not show is taken for absent',
    patches: [
      {
        file: collector,
        text: "  if (absent.has(identity)) return 'absent';",
        replacement: "  if (!isCached(ref, dependent, view)) return 'absent';",
      },
    ],
    killedBy: ['GC-S1'],
  },
  {
    id: 'W1',
    family: 'deployment',
    source: 'k/k#49992',
    about: 'a watch misses the first event after the revision that it begins with',
    patches: [
      {
        file: 'src/store/channel.ts',
        text: 'if (this.entries[middle]!.revision > revision) high = middle;',
        replacement: 'if (this.entries[middle]!.revision > revision + 1) high = middle;',
      },
    ],
    killedBy: ['W-Reliable', 'D-L1', 'R-L1', 'SCH-L1'],
  },
  {
    id: 'W4',
    family: 'deployment',
    source: 'k/k#141529',
    about: 'a watch begins now and not where its list ended: what came between is never told',
    patches: [
      {
        file: 'src/sim/reflector.ts',
        text: 'this.#next = this.#channel.after(this.#listed!);',
        replacement: 'this.#next = this.#channel.length;',
      },
    ],
    killedBy: ['W-Reliable', 'D-L1', 'R-L1', 'SCH-L1', 'GC-L1'],
  },
  {
    id: 'W9',
    family: 'deployment',
    source: 'k/k#16134',
    about: 'a controller writes again with the version from before its own write',
    patches: [
      {
        file: 'src/controllers/deployment/newreplicaset.ts',
        text: 'return written.ok ? { ok: true, rs, deployment: written.object } : written;\n}\n\nfunction withMinReadySeconds',
        replacement:
          'return written.ok ? { ok: true, rs, deployment: next } : written;\n}\n\nfunction withMinReadySeconds',
      },
      {
        file: 'src/controllers/deployment/newreplicaset.ts',
        text: 'return written.ok ? { ok: true, rs, deployment: written.object } : written;\n}\n\nconst isOurs',
        replacement:
          'return written.ok ? { ok: true, rs, deployment: next } : written;\n}\n\nconst isOurs',
      },
    ],
    killedBy: ['U-L2'],
  },
];
