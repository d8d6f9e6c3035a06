/** Decisions of the Job controller. */
import { remainingMs } from '../../../src/controllers/job/backoff.ts';
import {
  firstPending,
  indexesText,
  intervalsOf,
  union,
} from '../../../src/controllers/job/indexes.ts';
import { verdictOn } from '../../../src/controllers/job/podfailurepolicy.ts';
import { generateNameFor } from '../../../src/controllers/job/podtemplate.ts';
import { metPolicy } from '../../../src/controllers/job/successpolicy.ts';
import { changeOf } from '../../../src/controllers/job/wanted.ts';
import type { Input, Topics } from '../topic.ts';
import { pod } from './objects.ts';

const exited = ({ name, exitCode }: Input) => ({
  name,
  ready: false,
  restartCount: 0,
  image: '',
  imageID: '',
  state: { terminated: { exitCode } },
});

/** A number of Pods or of indexes, or the list of them. */
const countOf = (given: Input): number => (Array.isArray(given) ? given.length : given);

export const jobs: Topics = {
  job_backoff({ failuresAfterLastSuccess: failures, elapsedSeconds, baseSeconds, maxSeconds }) {
    const record = { failures, lastFailureAt: -elapsedSeconds * 1000 };
    const left = remainingMs(record, 0, baseSeconds * 1000, maxSeconds * 1000);
    return { remainingSeconds: left / 1000 };
  },
  job_index_format: ({ indexes }) => ({ text: indexesText(intervalsOf(indexes)) }),
  job_indexes({ count, completions, active, succeeded, failed }) {
    const settled = union(intervalsOf(succeeded), intervalsOf(failed ?? []));
    return { indexes: firstPending(union(settled, intervalsOf(active)), count, completions) };
  },
  job_pod_failure_policy({ rules, containers, initContainers, conditions }) {
    const failed = pod({ name: 'mypod', phase: 'Failed' }, 0);
    const containerStatuses = containers.map(exited);
    const initContainerStatuses = initContainers.map(exited);
    const status = { ...failed.status, containerStatuses, initContainerStatuses, conditions };
    const { action, counted, message } = verdictOn({ ...failed, status }, { rules });
    return {
      action: action ?? null,
      counted,
      jobFails: message !== undefined,
      message: message ?? '',
    };
  },
  job_pod_names: ({ job, index }) => ({ generateName: generateNameFor(job, index) }),
  job_success_policy({ rules, completions, succeeded }) {
    const message = metPolicy({ rules }, completions, intervalsOf(succeeded));
    return { met: message !== undefined, message: message ?? '' };
  },
  job_want_active({ completions, parallelism, succeeded, active, terminating }) {
    return changeOf({
      completions: completions ?? undefined,
      parallelism,
      succeeded: countOf(succeeded),
      active: countOf(active),
      terminating,
    });
  },
};
