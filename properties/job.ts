/** What Jobs promise (properties §5). */

import type { Job } from '../src/api/job/job.ts';
import { hasCondition, isIndexed, isJobFinished } from '../src/api/job/jobstatus.ts';
import { controllerOf, type KubeObject, keyOf, makeKey } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodActive, isPodTerminal, isPodTerminating } from '../src/api/pod/podstatus.ts';
import {
  hasIndex,
  intervalsOf,
  parseIndexes,
  totalOf,
  union,
} from '../src/controllers/job/indexes.ts';
import { verdictOn } from '../src/controllers/job/podfailurepolicy.ts';
import {
  completionIndexOf,
  fits,
  hasSucceeded,
  isManagedElsewhere,
  isSuspended,
  isTracked,
  replacesFailedOnly,
} from '../src/controllers/job/pods.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import type { Log } from '../src/log/log.ts';
import type { View } from '../src/store/view.ts';
import { isHeld } from './held.ts';
import { limits } from './joblimits.ts';
import { type Always, type Eventually, onWriteOf, type Properties, type World } from './rule.ts';

const by = 'job-controller';

export const isPodCreation = (entry: WriteEntry): boolean =>
  entry.by === by && entry.kind === 'Pod' && entry.before === undefined;

const podsOf = (job: KubeObject, view: View): readonly Pod[] =>
  view.by<Pod>('Pod', 'controller', job.metadata.uid);

/** The Job that controls the Pod, if it is there. */
export function jobOf(pod: Pod, view: View): Job | undefined {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'Job') return undefined;
  const job = view.get<Job>('Job', makeKey(pod.metadata.namespace, owner.name));
  return job?.metadata.uid === owner.uid ? job : undefined;
}

const onePerIndex = onWriteOf(
  ['Pod', 'Job'],
  'J-S6',
  'an index has one active Pod at most, and is complete when one of its Pods has succeeded',
  (entry, { now }) => {
    if (isPodCreation(entry)) {
      const pod = entry.after as Pod;
      const index = completionIndexOf(pod);
      const job = jobOf(pod, now);
      if (index === undefined || job === undefined) return undefined;
      const same = podsOf(job, now).filter(
        (other) => isPodActive(other) && completionIndexOf(other) === index,
      );
      return same.length < 2 ? undefined : `index ${index} has ${same.length} active Pods`;
    }
    if (entry.kind !== 'Job' || entry.by !== by || entry.after === undefined) return undefined;
    return unearned(entry.before as Job, entry.after as Job, now);
  },
);

/** An index that has become complete without a Pod that succeeded. */
function unearned(before: Job, after: Job, now: View): string | undefined {
  if (!isIndexed(after) || before.status.completedIndexes === after.status.completedIndexes) {
    return undefined;
  }
  const { completions = 0 } = after.spec;
  const known = parseIndexes(before.status.completedIndexes, completions);
  const succeeded = podsOf(after, now).filter(hasSucceeded).map(completionIndexOf);
  for (const { first, last } of parseIndexes(after.status.completedIndexes, completions)) {
    for (let index = first; index <= last; index++) {
      if (hasIndex(known, index) || succeeded.includes(index)) continue;
      return `${keyOf(after)} counts index ${index}, of which no Pod has succeeded`;
    }
  }
  return undefined;
}

const noneTooMany = onWriteOf(
  ['Pod'],
  'J-S1',
  'no more Pods run than may at once, nor than are left to complete; none of a suspended Job',
  (entry, world) => {
    if (!isPodCreation(entry)) return undefined;
    const { key } = world.acting!.pass;
    const seen = world.seen.get<Job>('Job', key);
    if (seen === undefined) return `${entry.key} is created for a Job that is not there`;
    if (isSuspended(seen)) return `${entry.key} is created for a suspended Job`;
    const versions = versionsSince(seen, world);
    if (versions.length === 0) return undefined;
    const pods = podsOf(seen, world.now);
    const terminating = replacesFailedOnly(seen) ? pods.filter(isPodTerminating).length : 0;
    const running = pods.filter(isPodActive).length + terminating;
    const parallel = Math.max(...versions.map(({ spec }) => spec.parallelism!));
    if (running > parallel) return `${key} runs ${running} Pods, ${parallel} may run at once`;
    const most = Math.max(...versions.map(({ spec }) => spec.completions ?? Infinity));
    const succeeded = succeededOf(versions[0]!, pods, world.seen);
    return running + succeeded <= most
      ? undefined
      : `${key} runs ${running} Pods, ${most} of which ${succeeded} have succeeded are wanted`;
  },
);

/** The versions of a Job from the one that was seen to the newest, which comes first. */
function versionsSince(seen: Job, { simulation }: World): readonly Job[] {
  const versions: Job[] = [];
  for (const { after, revision } of simulation.store.history('Job', keyOf(seen))) {
    const job = after as Job | undefined;
    if (job?.metadata.uid === seen.metadata.uid) versions.push(job);
    if (revision <= Number(seen.metadata.resourceVersion)) break;
  }
  return versions;
}

/**
 * Successes that are counted, and those that will be. A Pod that was being deleted when the author
 * looked was a failure to him, whatever became of it.
 */
function succeededOf(job: Job, pods: readonly Pod[], seen: View): number {
  const {
    succeeded: counted = 0,
    uncountedTerminatedPods: lists = {},
    completedIndexes,
  } = job.status;
  const { succeeded = [], failed = [] } = lists;
  const later = pods.filter((pod) => {
    const { uid } = pod.metadata;
    if (!hasSucceeded(pod) || !isTracked(pod) || !fits(pod, job)) return false;
    if (succeeded.includes(uid) || failed.includes(uid)) return false;
    const before = seen.get<Pod>('Pod', keyOf(pod));
    return before === undefined || !isPodTerminating(before);
  });
  if (!isIndexed(job)) return counted + succeeded.length + later.length;
  const complete = parseIndexes(completedIndexes, job.spec.completions!);
  return totalOf(union(complete, intervalsOf(later.map((pod) => completionIndexOf(pod)!))));
}

const countedOnce: Always = {
  id: 'J-S2',
  claim: 'every Pod is counted once, and counters never fall',
  types: ['write'],
  kinds: ['Job', 'Pod'],
  begin: () => {
    const counted = new Set<string>();
    return (entry, { simulation }) => {
      const write = entry as WriteEntry;
      const { kind, before, after } = write;
      if (kind === 'Pod' && isInDoubt(write, simulation.log)) counted.delete(before!.metadata.uid);
      if (kind !== 'Job' || before === undefined || after === undefined) return undefined;
      return miscounted(before as Job, after as Job, counted);
    };
  },
};

/**
 * A Pod is let go, and nobody answers: the next attempt finds it gone, and it is counted. Upstream does not wait
 * then until its cache shows that it is gone, and counts what it still shows once more.
 */
const isInDoubt = ({ by: author, before, n }: WriteEntry, log: Log): boolean => {
  const fault = author === by && before !== undefined ? log.at(n - 1) : undefined;
  return fault?.type === 'fault' && fault.fault === 'reply lost';
};

const listOf = ({ status }: Job, list: 'succeeded' | 'failed'): readonly string[] =>
  status.uncountedTerminatedPods?.[list] ?? [];

function miscounted(before: Job, after: Job, counted: Set<string>): string | undefined {
  const key = keyOf(after);
  for (const list of ['succeeded', 'failed'] as const) {
    const known = listOf(before, list);
    for (const uid of listOf(after, list)) {
      if (known.includes(uid)) continue;
      if (counted.has(uid)) return `${key} counts the Pod ${uid} twice`;
      counted.add(uid);
    }
    const more = (after.status[list] ?? 0) - (before.status[list] ?? 0);
    const byIndex = list === 'succeeded' && isIndexed(after);
    const elastic = byIndex && before.spec.completions !== after.spec.completions;
    if (more < 0 && !elastic && !byIndex) return `${key} counts ${-more} fewer ${list}`;
    const left = known.filter((uid) => !listOf(after, list).includes(uid)).length;
    if (!byIndex && more !== left)
      return `${key} counts ${more} more ${list}, ${left} left the list`;
  }
  const { completions = Infinity, parallelism = 0 } = after.spec;
  const { succeeded = 0 } = after.status;
  const isMore = succeeded > (before.status.succeeded ?? 0);
  return isMore && succeeded > completions + parallelism
    ? `${key} counts ${succeeded} successes of ${completions}`
    : undefined;
}

const notedFirst = onWriteOf(
  ['Pod'],
  'J-S3',
  'a Pod keeps its finalizer until the status has noted it',
  (entry, world) => {
    const { before, after, key } = entry;
    if (entry.by !== by || entry.kind !== 'Pod' || entry.verb !== 'patch') return undefined;
    const pod = before as Pod;
    if (!isTracked(pod) || (after !== undefined && isTracked(after))) return undefined;
    const job = jobOf(pod, world.now);
    if (job === undefined || isJobFinished(job) || isManagedElsewhere(job)) return undefined;
    if (job.metadata.deletionTimestamp !== undefined || !fits(pod, job)) return undefined;
    const succeeds = hasCondition(job, 'SuccessCriteriaMet');
    const ending = succeeds || hasCondition(job, 'FailureTarget');
    const seen = world.seen.get<Pod>('Pod', key) ?? pod;
    // Pods that are taken from a Job while they run are not counted.
    if (isPodActive(seen) && (!ending || succeeds)) return undefined;
    if (succeeds && !hasSucceeded(seen)) return undefined;
    const { uid } = pod.metadata;
    if (listOf(job, 'succeeded').includes(uid) || listOf(job, 'failed').includes(uid)) {
      return undefined;
    }
    if (isIndexed(job) && hasSucceeded(seen)) {
      const complete = parseIndexes(job.status.completedIndexes, job.spec.completions!);
      if (hasIndex(complete, completionIndexOf(pod)!)) return undefined;
    }
    if (!verdictOn(seen, job.spec.podFailurePolicy).counted) return undefined;
    return `${key} is let go before ${keyOf(job)} has noted it`;
  },
);

const ends = ['Complete', 'Failed', 'FailureTarget', 'SuccessCriteriaMet'] as const;

const endsOnce = onWriteOf(
  ['Job'],
  'J-S5',
  'a Job ends once and for ever, and with its Pods',
  (entry, { now }) => {
    if (entry.kind !== 'Job' || entry.after === undefined) return undefined;
    const { key } = entry;
    const [job, old] = [entry.after as Job, entry.before as Job | undefined];
    const is = (type: (typeof ends)[number]) => hasCondition(job, type);
    if (is('Complete') && is('Failed')) return `${key} is complete, and has failed`;
    for (const type of ends) {
      if (old !== undefined && hasCondition(old, type) && !is(type)) {
        return `${key} has lost its condition ${type}`;
      }
    }
    if ((job.status.completionTime !== undefined) !== is('Complete')) {
      return `${key} has ${is('Complete') ? 'no' : 'a'} time of completion`;
    }
    if (!isJobFinished(job) || (old !== undefined && isJobFinished(old))) return undefined;
    const left = podsOf(job, now).find((pod) => !isPodTerminal(pod));
    return left === undefined ? undefined : `${key} has ended, and ${left.metadata.name} has not`;
  },
);

const comesToAnEnd: Eventually = {
  id: 'J-L1',
  claim: 'at rest a Job has ended, unless it is suspended or its Pods run on',
  holds(world) {
    for (const job of world.now.list<Job>('Job')) {
      const { deletionTimestamp, name } = job.metadata;
      if (isJobFinished(job) || isManagedElsewhere(job) || isHeld(job, world)) continue;
      if (deletionTimestamp !== undefined) return `${name} is still being deleted`;
      if (isSuspended(job) || job.spec.parallelism === 0) continue;
      if (podsOf(job, world.now).some((pod) => !isPodTerminal(pod))) continue;
      return `${name} has not ended, and has no Pods`;
    }
    return undefined;
  },
};

const lettingGo: Eventually = {
  id: 'J-L2',
  claim: 'at rest no Pod waits to be counted by a Job that is gone or has ended',
  holds({ now }) {
    const stuck = now.list<Pod>('Pod').find((pod) => {
      const job = jobOf(pod, now);
      return isTracked(pod) && (job === undefined || isJobFinished(job));
    });
    return stuck === undefined ? undefined : `${stuck.metadata.name} keeps its finalizer`;
  },
};

const becomes = (entry: WriteEntry, type: 'Complete' | 'Failed' | 'Suspended'): boolean =>
  entry.kind === 'Job' &&
  entry.before !== undefined &&
  entry.after !== undefined &&
  hasCondition(entry.after as Job, type) &&
  !hasCondition(entry.before as Job, type);

export const job: Properties = {
  always: [onePerIndex, noneTooMany, countedOnce, notedFirst, limits, endsOnce],
  eventually: [comesToAnEnd, lettingGo],
  sometimes: [
    {
      id: 'J-W1',
      claim: 'a Job completes',
      seen: (entry) => entry.type === 'write' && becomes(entry, 'Complete'),
    },
    {
      id: 'J-W2',
      claim: 'a Job fails',
      seen: (entry) => entry.type === 'write' && becomes(entry, 'Failed'),
    },
    {
      id: 'J-W3',
      claim: 'a Job is suspended while its Pods run',
      seen: (entry) =>
        entry.type === 'write' &&
        becomes(entry, 'Suspended') &&
        ((entry.after as Job).status.terminating ?? 0) > 0,
    },
    {
      id: 'J-W4',
      claim: 'a Pod whose Job is gone is let go',
      seen: (entry, { acting }) =>
        entry.type === 'write' &&
        entry.by === by &&
        entry.kind === 'Pod' &&
        acting?.pass.key.startsWith('orphan|') === true,
    },
  ],
};
