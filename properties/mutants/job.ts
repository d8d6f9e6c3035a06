/** Published bugs of Job controllers. */
import type { Mutant } from './mutant.ts';

const sync = 'src/controllers/job/sync.ts';
const tracking = 'src/controllers/job/tracking.ts';

export const jobMutants: readonly Mutant[] = [
  {
    id: 'J1',
    family: 'job',
    source: 'k/k#105200',
    about: 'forgets which Pods it has let go: a stale cache has them counted again',
    patches: [
      {
        file: 'src/controllers/job/memory.ts',
        text: 'return this.#releases.get(job) ?? none;',
        replacement: "return this.#releases.get('nobody/' + job) ?? none;",
      },
      {
        file: 'src/controllers/job/podcontrol.ts',
        text: "if (key !== undefined) consistency.wrote(key, 'Pod', patched.object.metadata.resourceVersion);",
        replacement: 'void key; void consistency;',
      },
    ],
    killedBy: ['J-S2'],
    seed: 4,
  },
  {
    id: 'J2',
    family: 'job',
    source: 'k/k#130103',
    about: 'lets Pods go before it has noted them: a crash in between loses them',
    patches: [
      {
        file: tracking,
        text: '  let current: Job = { ...job, status: noted };\n',
        replacement:
          '  yield* release(pass, count.released, new Set());\n  let current: Job = { ...job, status: noted };\n',
      },
    ],
    killedBy: ['J-S3'],
  },
  {
    id: 'J3',
    family: 'job',
    source: 'k/k#109429, k/k#109485',
    about: 'nobody cares for the Pods of a Job that is gone: their finalizer keeps them for ever',
    patches: [
      {
        file: 'src/controllers/job.ts',
        text: 'isOrphanKey(key) ? syncOrphan(key, context) : syncJob(key, context, memory),',
        replacement:
          '((orphan) => (orphan ? function* () { return undefined; } : syncJob)(key, context, memory))(isOrphanKey(key)) as ReturnType<typeof syncOrphan>,',
      },
    ],
    killedBy: ['J-L2'],
  },
  {
    id: 'J4',
    family: 'job',
    source: 'k/k#70251, k/k#62382, k/k#93559, k/k#92245',
    about: 'counts failures in memory: after a crash it begins from the beginning',
    patches: [
      {
        file: 'src/controllers/job/conditions.ts',
        text: 'if (failed > job.spec.backoffLimit!',
        replacement: 'if (failed >= job.spec.backoffLimit!',
      },
    ],
    killedBy: ['J-S4'],
  },
  {
    id: 'J5',
    family: 'job',
    source: 'k/k#99963',
    about: 'runs as many Pods as may run at once, and not only those that are left to complete',
    patches: [
      {
        file: 'src/controllers/job/wanted.ts',
        text: 'return Math.max(0, Math.min(completions - succeeded, parallelism));',
        replacement: 'return completions - succeeded > 0 ? parallelism : 0;',
      },
    ],
    killedBy: ['J-S1'],
  },
  {
    id: 'J6',
    family: 'job',
    source: 'k/k#27997',
    about: 'replaces Pods that fail at once',
    patches: [
      {
        file: 'src/controllers/job/backoff.ts',
        text: 'return Math.max(0, gap - (now - lastFailureAt));',
        replacement: 'return Math.max(0, 0 * (gap - (now - lastFailureAt)));',
      },
    ],
    killedBy: ['J-S4'],
  },
  {
    id: 'J7',
    family: 'job',
    source: 'k/k#130683, k/k#120790',
    about: 'chooses indexes by what the cache shows: two Pods for one index',
    patches: [
      {
        file: sync,
        text: 'if (stale !== undefined) return',
        replacement:
          "if (stale !== undefined && view.get<Job>('Job', key)?.spec.completionMode !== 'Indexed') return",
      },
      {
        file: sync,
        text: "const mayManage = expectations.satisfied(key, context.shown('Pod'));",
        replacement:
          "const mayManage = isIndexed(job) || expectations.satisfied(key, context.shown('Pod'));",
      },
    ],
    killedBy: ['J-S6'],
  },
  {
    id: 'J8',
    family: 'job',
    source: 'k/k#64037',
    about: 'a Job ends while the cache does not show all of its Pods: one of them runs on',
    patches: [
      {
        file: sync,
        text: 'if (stale !== undefined) return',
        replacement: 'if (stale !== undefined && stale === "never") return',
      },
      { file: sync, text: 'decided: all && mayManage ? end', replacement: 'decided: all ? end' },
    ],
    killedBy: ['J-S5'],
    alone: true,
  },
  {
    id: 'J9',
    family: 'job',
    source: 'unpublished',
    about: 'nobody looks again when the wait after a failure is over',
    patches: [
      {
        file: 'src/controllers/job/manage.ts',
        text: '  context.queue.addAfter(key, Math.max(batchPeriodMs, waitMs));\n',
        replacement: '  void waitMs; void context;\n',
      },
    ],
    killedBy: ['J-L1'],
  },
];
