/** What happened to a Job between two versions of it, as events of its machine. */
import type { Job } from '../job/job.ts';
import { finishedAs, hasCondition } from '../job/jobstatus.ts';
import type { LifecycleEvent } from '../kind.ts';
import { deletionEvents, event, nothing, removed } from './events.ts';

export function jobLifecycle(
  before: Job | undefined,
  after: Job | undefined,
): readonly LifecycleEvent[] {
  if (after === undefined) return gone;
  const events: LifecycleEvent[] = [];
  if (before?.status !== after.status) statusEvents(before, after, events);
  deletionEvents('job', before, after, events);
  return events.length === 0 ? nothing : events;
}

const gone = removed('job');

type Phase = 'waiting' | 'running' | 'suspended' | 'failing' | 'succeeding' | 'failed' | 'complete';

const entered: Readonly<Record<Phase, string>> = {
  // No machine accepts that a Job is put back to its beginning.
  waiting: 'job.restarted',
  running: 'job.started',
  suspended: 'job.suspended',
  failing: 'job.boundToFail',
  succeeding: 'job.boundToSucceed',
  failed: 'job.failed',
  complete: 'job.completed',
};

function statusEvents(before: Job | undefined, after: Job, events: LifecycleEvent[]): void {
  const was = phaseOf(before);
  const phase = phaseOf(after);
  if (phase !== was) {
    const resumed = was === 'suspended' && phase === 'running';
    events.push(event(resumed ? 'job.resumed' : entered[phase]));
  }
  const active = isActive(after);
  if (active !== isActive(before)) {
    events.push(event(active ? 'job.becameActive' : 'job.becameIdle'));
  }
}

function phaseOf(job: Job | undefined): Phase {
  if (job?.status === undefined) return 'waiting';
  const finished = finishedAs(job);
  if (finished !== undefined) return finished === 'Failed' ? 'failed' : 'complete';
  if (hasCondition(job, 'SuccessCriteriaMet')) return 'succeeding';
  if (hasCondition(job, 'FailureTarget')) return 'failing';
  if (hasCondition(job, 'Suspended')) return 'suspended';
  return job.status.startTime === undefined ? 'waiting' : 'running';
}

const isActive = (job: Job | undefined): boolean => (job?.status?.active ?? 0) > 0;
