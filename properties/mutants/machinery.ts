/** Published bugs of the API server, of garbage collectors, watches, and of what a pass builds upon. */
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
        text: 'if (this.#entries[middle]!.revision > revision) high = middle;',
        replacement: 'if (this.#entries[middle]!.revision > revision + 1) high = middle;',
      },
    ],
    killedBy: ['W-Resumable', 'W-Reliable'],
  },
  {
    id: 'W2',
    family: 'watch',
    source: 'k/k#58545',
    about: 'what is deleted is told with its old revision, and who resumes from it is told again',
    patches: [
      {
        file: 'src/apiserver/watch.ts',
        text: "return was ? { type: 'DELETED', object: atRevision(before, revision) } : undefined;",
        replacement:
          "return was ? { type: 'DELETED', object: atRevision(before, Math.min(revision, Number(before.metadata.resourceVersion))) } : undefined;",
      },
    ],
    killedBy: ['W-Ordered', 'W-Unique', 'W-Reliable'],
  },
  {
    id: 'W3',
    family: 'watch',
    source: 'k/k#83520',
    about: 'a watch that breaks is replaced by any list, one of the past too',
    patches: [
      {
        file: 'src/sim/reflector.ts',
        text: 'return Math.max(this.staleAt, this.revision);',
        replacement: 'return this.staleAt;',
      },
    ],
    killedBy: ['W-monotone'],
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
    id: 'W5',
    family: 'watch',
    source: 'etcd#17529',
    about: 'for who reads too slowly the oldest changes are left out, and the watch goes on',
    patches: [
      {
        file: 'src/apiserver/watch.ts',
        text: 'return this.lag > this.#lagMax;',
        replacement:
          'if (this.lag > this.#lagMax) this.#next = this.#channel.length - this.#lagMax;\n    return false;',
      },
    ],
    killedBy: ['W-Reliable', 'W-Resumable', 'W-Bookmarkable'],
  },
  {
    id: 'W7',
    family: 'watch',
    source: 'the bookmark contract (KEP-956)',
    about: 'a bookmark tells the newest revision, and not the one that was told',
    patches: [
      {
        file: 'src/apiserver/watch.ts',
        text: 'get revision(): number {\n    return this.#revision;',
        replacement:
          'get revision(): number {\n    return this.#channel.entries.at(-1)?.revision ?? this.#revision;',
      },
    ],
    killedBy: ['W-Bookmarkable'],
  },
  {
    id: 'A2',
    family: 'watch',
    source: 'konflux#5874',
    about: 'an update that changes nothing is written, and told to all who watch',
    patches: [
      {
        file: 'src/apiserver/update.ts',
        text: '  if (next === current && handling.isKept(current)) return { ok: true, object: current };\n',
        replacement: '',
      },
    ],
    killedBy: ['G11'],
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
