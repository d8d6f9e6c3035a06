/** Worlds with Jobs whose Pods succeed, fail, or do both in turn. */
import type { Draft } from '../../src/api/meta.ts';
import type { BehaviourSpec } from '../../src/sim/scenario/types.ts';
import type { Acts } from '../actions/act.ts';
import { annotate } from '../actions/annotate.ts';
import { faultsOn } from '../actions/faults.ts';
import { jobs } from '../actions/job.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith } from './world.ts';

export const taskBehaviour: readonly BehaviourSpec[] = [
  { image: 'task:ok', exit: 0 },
  { image: 'task:fail', exit: 1 },
  { image: 'task:flaky', exit: [1, 0, 0] },
  // Longer than anybody waits for the cluster to rest.
  { image: 'task:long', exit: 0, exitAfter: '2h' },
];

export const taskTemplate = (image: string) => ({
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] },
});

const job = (image: string, spec: object): Draft =>
  ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'task' },
    spec: { ...spec, template: taskTemplate(image) },
  }) as Draft;

const indexed = { completionMode: 'Indexed' };
const ignoring = { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] };

const drafts = [
  job('task:ok', { completions: 4, parallelism: 2 }),
  job('task:flaky', { completions: 3, parallelism: 3, backoffLimit: 3 }),
  job('task:fail', { backoffLimit: 2 }),
  job('task:ok', { ...indexed, completions: 4, parallelism: 3 }),
  job('task:flaky', { ...indexed, completions: 3, parallelism: 2, backoffLimitPerIndex: 1 }),
  job('task:ok', { parallelism: 2, ttlSecondsAfterFinished: 20 }),
  job('task:long', { activeDeadlineSeconds: 60, parallelism: 2, completions: 2 }),
  job('task:flaky', { completions: 2, parallelism: 2, podFailurePolicy: ignoring }),
];

const acts: Acts = [...schedule, ...jobs, ['annotate', annotate], ...faultsOn('Pod', 'Job')];

export const jobWorlds: readonly SmallWorld[] = drafts.map((draft) => ({
  scenario: { ...scenarioWith(draft), behaviour: taskBehaviour },
  acts,
}));
