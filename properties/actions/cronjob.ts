/** What users do to CronJobs, and what time does. */
import type { CronJob } from '../../src/api/job/cronjob.ts';
import { epochMs } from '../../src/api/time.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, patch, pick } from './act.ts';

function suspend(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<CronJob>(cluster, 'CronJob'), how);
  if (target === undefined) return undefined;
  const suspended = !target.spec.suspend;
  patch(cluster, target, { spec: { suspend: suspended } });
  return `${suspended ? 'suspend' : 'resume'} CronJob ${target.metadata.name}`;
}

/** Every machine sleeps until then: what was due is past when they wake. */
function sleepUntil({ simulation }: Cluster, until: number): void {
  for (let moves = 0; moves < 400 && simulation.calm(); moves++);
  simulation.advance(until);
}

function sleep(cluster: Cluster, how: number): string {
  const hours = [1, 3, 12][how % 3]!;
  const until = cluster.simulation.now + hours * 3_600_000;
  sleepUntil(cluster, until);
  return `sleep for ${hours} h`;
}

/** Shortly before clocks change, in New York and in Berlin. */
const changes = ['2026-03-08T05:50:00Z', '2026-03-29T00:50:00Z', '2026-11-01T04:50:00Z'];

/** Time passes until the clocks are about to change somewhere. */
function toClockChange(cluster: Cluster, how: number): string | undefined {
  const change = changes[how % changes.length]!;
  const until = Date.parse(change) - epochMs;
  if (until <= cluster.simulation.now) return undefined;
  sleepUntil(cluster, until);
  return `sleep until ${change}`;
}

export const cronJobs: Acts = [
  ['suspend CronJob', suspend],
  ['sleep', sleep],
  ['sleep', sleep],
  ['sleep to a change of clocks', toClockChange],
];
