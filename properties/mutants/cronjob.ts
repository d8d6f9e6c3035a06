/** Published bugs of CronJob controllers. */
import type { Mutant } from './mutant.ts';

export const cronJobMutants: readonly Mutant[] = [
  {
    id: 'C1',
    family: 'cronjob',
    source: 'k/k#42649, k/k#45825',
    about: 'gives up when more than a hundred times were missed, and never starts anything again',
    patches: [
      {
        file: 'src/controllers/cronjob/start.ts',
        text: "if (missed > missedMax) pass.tell('Warning', 'TooManyMissedTimes', tooManyMissed);",
        replacement: 'if (missed > missedMax) return { error: tooManyMissed };',
      },
    ],
    killedBy: ['C-L1', 'G13'],
  },
  {
    id: 'C2',
    family: 'cronjob',
    source: 'k/k#34447, k/k#93370',
    about: 'names Jobs at random: after a crash the same time is started again',
    patches: [
      {
        file: 'src/controllers/cronjob/jobs.ts',
        text: '      name: jobName(cronJob.metadata.name, scheduledAt),',
        replacement: "      generateName: cronJob.metadata.name + '-',",
      },
    ],
    killedBy: ['C-S1'],
  },
  {
    id: 'C4',
    family: 'cronjob',
    source: 'k/k#121594',
    about: 'steps through local time as if the clocks never changed',
    patches: [
      {
        file: 'src/api/cron/zone.ts',
        text: 'const quarter = Math.floor(at / quarterMs);',
        replacement: 'const quarter = Math.floor(at / quarterMs / 2_000) * 2_000;',
      },
    ],
    killedBy: ['C-S1', 'C-L1'],
  },
  {
    id: 'C5',
    family: 'cronjob',
    source: 'k/k#107827',
    about: 'a Job that the cache does not show is taken to be gone, and the next one is started',
    patches: [
      {
        file: 'src/controllers/cronjob/sync.ts',
        text: 'if (found.ok) continue;',
        replacement: '',
      },
      {
        file: 'src/controllers/cronjob/sync.ts',
        text: "if (found.status.reason !== 'NotFound') return",
        replacement: "if (!found.ok && found.status.reason !== 'NotFound') return",
      },
    ],
    killedBy: ['C-S2'],
  },
  {
    id: 'C6',
    family: 'cronjob',
    source: 'unpublished',
    about: 'what replaces Jobs ends only those that the cache shows',
    patches: [
      {
        file: 'src/controllers/cronjob/start.ts',
        text: "for (const { namespace, name = '' } of pass.active) {",
        replacement:
          "for (const { namespace, name = '', uid } of pass.active) {\n    if (!pass.jobs.some((job) => job.metadata.uid === uid)) continue;",
      },
    ],
    killedBy: ['C-S2'],
  },
  {
    id: 'C7',
    family: 'cronjob',
    source: 'unpublished',
    about: 'whether it is suspended is only looked at when nothing was missed',
    patches: [
      {
        file: 'src/controllers/cronjob/start.ts',
        text: 'if (suspend) return undefined;',
        replacement: 'if (suspend && pass.active.length > 0) return undefined;',
      },
    ],
    killedBy: ['C-S3'],
  },
];
