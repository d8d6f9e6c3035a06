/** What PodDisruptionBudgets promise, and evictions that spend of them (properties §7). */
import { makeKey } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodReady } from '../src/api/pod/podstatus.ts';
import type { PodDisruptionBudget } from '../src/api/poddisruptionbudget.ts';
import type { Entry, WriteEntry } from '../src/log/entry.ts';
import {
  budgetKind,
  budgetsFor,
  isCount,
  isEviction,
  isFree,
  isWell,
  patienceMs,
  podsOf,
  spentFor,
} from './poddisruptionbudget/budgets.ts';
import {
  type Always,
  type Eventually,
  type Judged,
  onWriteOf,
  type Properties,
  type World,
} from './rule.ts';

const spentOnce = onWriteOf(
  ['PodDisruptionBudget'],
  'B-S1',
  'an eviction takes one from what its budget allows, and no count gives back what it did not see taken',
  (entry, world) => {
    if (isCount(entry)) return givenBack(entry, world);
    const spent = spentFor(entry);
    if (spent === undefined) return undefined;
    const { metadata, status } = entry.before as PodDisruptionBudget;
    const { generation = 0, name } = metadata;
    const { observedGeneration = 0, disruptionsAllowed } = status;
    if (disruptionsAllowed <= 0) return `${name} allows ${disruptionsAllowed}, and one is evicted`;
    if (observedGeneration < generation) {
      return `${name} was counted for generation ${observedGeneration} and is of ${generation}`;
    }
    const left = (entry.after as PodDisruptionBudget).status.disruptionsAllowed;
    return left === disruptionsAllowed - 1
      ? undefined
      : `${name} allowed ${disruptionsAllowed}, and allows ${left} after ${spent.join(' and ')} went`;
  },
);

/** What was allowed grows, or a note is lost, on a budget that the controller did not see as it was. */
function givenBack(entry: WriteEntry, { seen, ownWrites }: World): Judged {
  const before = entry.before as PodDisruptionBudget;
  const after = entry.after as PodDisruptionBudget;
  const known = [seen.get(budgetKind, entry.key), ...ownWrites.map((write) => write.after)];
  const { resourceVersion } = before.metadata;
  if (known.some((one) => one?.metadata.resourceVersion === resourceVersion)) return undefined;
  const lost = Object.keys(before.status.disruptedPods ?? {}).find(
    (name) => after.status.disruptedPods?.[name] === undefined,
  );
  if (lost !== undefined) return `${entry.key} forgets that ${lost} was let go`;
  const [was, is] = [before.status.disruptionsAllowed, after.status.disruptionsAllowed];
  return is > was ? `${entry.key} allowed ${was}, and ${is} by a count that is older` : undefined;
}

interface Spent {
  readonly uid: string;
  /** When its time to be seen to go is over. */
  readonly until: number;
}

/** What of a budget is spent, and what its last count was made of. */
interface Account {
  spent: readonly Spent[];
  counted: ReadonlySet<string>;
  needed: number;
  at: number;
}

const neverTwice: Always = {
  id: 'B-S2',
  claim: 'no more Pods are let go than were healthy, when they were counted, beyond those needed',
  types: ['write'],
  kinds: ['PodDisruptionBudget'],
  begin() {
    const accounts = new Map<string, Account>();
    return (entry, world): Judged => {
      const { key, before, t } = entry as WriteEntry;
      const spent = spentFor(entry);
      if (spent === undefined && !isCount(entry)) return undefined;
      const budget = before as PodDisruptionBudget;
      const { uid, namespace } = budget.metadata;
      const account = accounts.get(uid) ?? { spent: [], counted: new Set(), needed: 0, at: 0 };
      accounts.set(uid, account);
      if (isCount(entry)) {
        const seen = world.seen.get<PodDisruptionBudget>(budgetKind, key) ?? budget;
        const pods = podsOf(seen, world.seen).filter(isWell);
        account.counted = new Set(pods.map(({ metadata }) => metadata.uid));
        account.needed = ((entry as WriteEntry).after as PodDisruptionBudget).status.desiredHealthy;
        account.at = t;
        return undefined;
      }
      // Times have whole seconds.
      const until = Math.floor(t / 1000) * 1000 + patienceMs;
      const uids = (spent ?? []).flatMap(
        (name) => world.now.get('Pod', makeKey(namespace, name))?.metadata.uid ?? [],
      );
      account.spent = [...account.spent, ...uids.map((one) => ({ uid: one, until }))];
      const gone = new Set(
        account.spent.filter((one) => one.until > account.at).map((one) => one.uid),
      );
      const there = [...account.counted].filter((one) => gone.has(one)).length;
      const most = Math.max(0, account.counted.size - account.needed);
      return there <= most
        ? undefined
        : `${there} of ${account.counted.size} Pods of ${key} are let go, ${account.needed} are needed`;
    };
  },
};

/** By what a Pod may pass its budget, though it is more than one that only begins or has ended. */
function passes(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (isPodReady(pod)) return false;
  const { currentHealthy, desiredHealthy } = status;
  const isHealthy = currentHealthy >= desiredHealthy && desiredHealthy > 0;
  return spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || isHealthy;
}

const guarded = onWriteOf(
  ['Pod'],
  'B-S2b',
  'evicts past its budget only who is not ready and may, and nobody who has two',
  (entry, { now, simulation }) => {
    if (!isEviction(entry)) return undefined;
    const pod = entry.before as Pod;
    const [budget, second] = isFree(pod) ? [] : budgetsFor(pod, now);
    if (budget === undefined) return undefined;
    if (second !== undefined) return `${entry.key} has two budgets, and is evicted`;
    if (passes(pod, budget)) return undefined;
    const spending = simulation.log.at(entry.n - 1);
    const spent = spending && spentFor(spending);
    return spent?.every((name) => name === pod.metadata.name)
      ? undefined
      : `${entry.key} is evicted past ${budget.metadata.name}`;
  },
);

const upToDate: Eventually = {
  id: 'B-L1',
  claim: 'at rest a budget waits for no Pod, and allows as many as are healthy and not needed',
  known: leftBehind,
  holds({ now }) {
    for (const budget of now.list<PodDisruptionBudget>(budgetKind)) {
      const { metadata, status } = budget;
      const { name, generation = 0, deletionTimestamp } = metadata;
      const pods = podsOf(budget, now);
      const sharers = pods.some((pod) => budgetsFor(pod, now).length > 1);
      // Of several budgets of a Pod only one is told of it.
      if (deletionTimestamp !== undefined || sharers) continue;
      if (status.observedGeneration !== generation) return `${name} was not counted anew`;
      const waits = Object.keys(status.disruptedPods ?? {});
      if (waits.length > 0) return `${name} still waits for ${waits.join(' and ')} to go`;
      const healthy = pods.filter(isWell).length;
      if (status.currentHealthy !== healthy) {
        return `${name} says that ${status.currentHealthy} Pods are healthy, and ${healthy} are`;
      }
      const { disruptionsAllowed, desiredHealthy, expectedPods } = status;
      const spare = expectedPods > 0 ? Math.max(0, healthy - desiredHealthy) : 0;
      if (disruptionsAllowed !== spare) {
        return `${name} allows ${disruptionsAllowed} of ${healthy} to go, and needs ${desiredHealthy}`;
      }
    }
    return undefined;
  },
};

/**
 * The real controller looks at the labels that a Pod has now: the budget that it had before is not
 * counted anew until another of its Pods changes.
 */
function leftBehind({ now, simulation }: World): string | undefined {
  const budgets = now
    .list<PodDisruptionBudget>(budgetKind)
    .filter(({ metadata, status }) => status.observedGeneration === metadata.generation)
    .filter(({ status }) => Object.keys(status.disruptedPods ?? {}).length === 0);
  const isLeft = (before: Pod, after: Pod): boolean => {
    const guards = budgetsFor(after, now);
    return budgetsFor(before, now).some((one) => budgets.includes(one) && !guards.includes(one));
  };
  // The Pod itself may be gone by now.
  const left = simulation.log.entries.some(
    (entry) =>
      entry.type === 'write' &&
      entry.kind === 'Pod' &&
      entry.before !== undefined &&
      entry.after !== undefined &&
      isLeft(entry.before as Pod, entry.after as Pod),
  );
  return left ? 'a budget is not counted anew when a Pod is relabelled away from it' : undefined;
}

/** The controller believes no longer that a Pod goes. */
function isOverdue(entry: Entry, { seen }: World): boolean {
  if (!isCount(entry)) return false;
  const { before, after } = entry as WriteEntry;
  const { metadata, status } = before as PodDisruptionBudget;
  const kept = (after as PodDisruptionBudget).status.disruptedPods ?? {};
  return Object.keys(status.disruptedPods ?? {}).some((name) => {
    const pod = seen.get<Pod>('Pod', makeKey(metadata.namespace, name));
    return kept[name] === undefined && pod !== undefined && isWell(pod);
  });
}

export const podDisruptionBudget: Properties = {
  always: [spentOnce, neverTwice, guarded],
  eventually: [upToDate],
  sometimes: [
    {
      id: 'B-W1',
      claim: 'a Pod is let go, and its budget allows one less',
      seen: (entry) => spentFor(entry) !== undefined,
    },
    {
      id: 'B-W2',
      claim: 'an eviction is refused by a budget',
      seen: (entry) =>
        entry.type === 'rejected' && entry.subresource === 'eviction' && entry.code === 429,
    },
    {
      id: 'B-W3',
      claim: 'a Pod that is not ready is evicted though it costs its budget nothing',
      seen: (entry, { now }) => {
        if (!isEviction(entry)) return false;
        const pod = (entry as WriteEntry).before as Pod;
        const [budget] = isFree(pod) ? [] : budgetsFor(pod, now);
        return budget !== undefined && passes(pod, budget);
      },
    },
    { id: 'B-W4', claim: 'a Pod that was let go stays, and counts again', seen: isOverdue },
  ],
};
