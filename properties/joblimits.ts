/** [J-S4] How often and how soon the Pods of a Job are replaced. */
import type { Job } from '../src/api/job/job.ts';
import { isIndexed } from '../src/api/job/jobstatus.ts';
import { conditionOf, controllerOf, keyOf } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { finishedAt } from '../src/controllers/job/backoff.ts';
import { verdictOn } from '../src/controllers/job/podfailurepolicy.ts';
import { fits, hasFailed, hasSucceeded, isTracked } from '../src/controllers/job/pods.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import type { View } from '../src/store/view.ts';
import type { Always, Judged, World } from './rule.ts';

const by = 'job-controller';

/** Failures of a Job since its last success that the controller must remember. */
interface Failures {
  readonly count: number;
  readonly lastAt: number;
}

/**
 * The controller forgets failures when it restarts, and does not remember those that a write in
 * doubt has noted: after any fault the gap is only judged anew.
 */
export const limits: Always = {
  id: 'J-S4',
  claim:
    'a Job fails when its Pods have failed more often than it allows, and they are not replaced at once',
  types: ['write', 'fault'],
  kinds: ['Pod', 'Job'],
  begin() {
    const failures = new Map<string, Failures>();
    /** Pods that some status has noted: a cache that is behind may show them as if they were new. */
    const noted = new Set<string>();
    let fault = 0;
    return (entry, world): Judged => {
      if (entry.type === 'fault') {
        failures.clear();
        fault = entry.n;
      }
      if (entry.type !== 'write' || entry.by !== by) return undefined;
      if (entry.kind === 'Pod' && entry.before === undefined) {
        return replaced(entry, world, failures, noted);
      }
      if (entry.kind !== 'Job' || entry.before === undefined || entry.after === undefined) {
        return undefined;
      }
      const { failed = [], succeeded = [] } =
        (entry.after as Job).status.uncountedTerminatedPods ?? {};
      for (const uid of [...failed, ...succeeded]) noted.add(uid);
      const inDoubt = entry.n === fault + 1;
      if (!inDoubt) remember(entry.before as Job, entry.after as Job, world.now, failures);
      return givenUp(entry.before as Job, entry.after as Job);
    };
  },
};

const failedList = ({ status }: Job): readonly string[] =>
  status.uncountedTerminatedPods?.failed ?? [];

const countedFailures = (job: Job): number => (job.status.failed ?? 0) + failedList(job).length;

function remember(before: Job, after: Job, now: View, failures: Map<string, Failures>): void {
  const { uid } = after.metadata;
  const lists = (job: Job) => job.status.uncountedTerminatedPods?.succeeded ?? [];
  const succeeded =
    lists(after).some((one) => !lists(before).includes(one)) ||
    before.status.completedIndexes !== after.status.completedIndexes;
  if (succeeded) failures.delete(uid);
  const added = failedList(after).filter((one) => !failedList(before).includes(one));
  const pods = now
    .by<Pod>('Pod', 'controller', uid)
    .filter((pod) => added.includes(pod.metadata.uid));
  if (succeeded || pods.length === 0) return;
  const known = failures.get(uid)?.count ?? 0;
  failures.set(uid, {
    count: known + pods.length,
    lastAt: Math.max(...pods.map(finishedAt)),
  });
}

/** Its limit is the reason only when it is exceeded. */
function givenUp(before: Job, after: Job): Judged {
  const reasonOf = (job: Job) => conditionOf(job.status.conditions, 'FailureTarget')?.reason;
  if (reasonOf(after) !== 'BackoffLimitExceeded' || reasonOf(before) !== undefined) {
    return undefined;
  }
  if (after.spec.template.spec.restartPolicy === 'OnFailure') return undefined;
  const failed = countedFailures(after);
  const limit = after.spec.backoffLimit!;
  return failed > limit
    ? undefined
    : `${keyOf(after)} gives up after ${failed} failures, ${limit} are allowed`;
}

/** A Pod is created: may it be, and already? */
function replaced(
  entry: WriteEntry,
  world: World,
  failures: ReadonlyMap<string, Failures>,
  noted: ReadonlySet<string>,
): Judged {
  const { pass } = world.acting!;
  const job = world.seen.get<Job>('Job', pass.key);
  if (job === undefined || controllerOf(entry.after!)?.uid !== job.metadata.uid) return undefined;
  const fresh = world.seen
    .by<Pod>('Pod', 'controller', job.metadata.uid)
    .filter((pod) => isTracked(pod) && fits(pod, job))
    .filter(({ metadata: { uid } }) => !noted.has(uid));
  const failed = fresh.filter((pod) => hasFailed(pod, job));
  const counted = failed.filter((pod) => verdictOn(pod, job.spec.podFailurePolicy).counted);
  const total = countedFailures(job) + counted.length;
  const limit = job.spec.backoffLimit!;
  if (total > limit) return `${pass.key} goes on after ${total} failures, ${limit} are allowed`;
  const known = failures.get(job.metadata.uid);
  const byIndex = isIndexed(job) && job.spec.backoffLimitPerIndex !== undefined;
  if (byIndex || fresh.some(hasSucceeded)) return undefined;
  const count = (known?.count ?? 0) + failed.length;
  if (count === 0) return undefined;
  // Upstream's record goes by the failures that it found last, even if they are the older ones.
  const lastAt = failed.length > 0 ? Math.max(...failed.map(finishedAt)) : known!.lastAt;
  const gapMs = Math.min(10_000 * 2 ** (count - 1), 600_000);
  const waited = world.simulation.now - lastAt;
  return waited >= gapMs
    ? undefined
    : `${pass.key} replaces a Pod ${waited} ms after failure ${count}, ${gapMs} ms is the gap`;
}
