/** What can happen where nothing else is said: everything that is known. A new kind adds its line. */
import type { Acts } from './act.ts';
import { annotate } from './annotate.ts';
import { cronJobs } from './cronjob.ts';
import { deployments } from './deployment.ts';
import { faultsOn } from './faults.ts';
import { jobs } from './job.ts';
import { pods } from './pod.ts';
import { schedule } from './schedule.ts';

export const everything: Acts = [
  ...schedule,
  ...deployments,
  ...jobs,
  ...cronJobs,
  ...pods,
  ['annotate', annotate],
  ...faultsOn('Pod', 'ReplicaSet', 'Deployment', 'Job', 'CronJob'),
];
