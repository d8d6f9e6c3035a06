/** What a pass over a CronJob knows, and the requests that more than one of its steps make. */
import type { CronJob, CronJobStatus } from '../../api/job/cronjob.ts';
import type { Job } from '../../api/job/job.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';

/** A CronJob as the pass changes it, to be written once at its end. */
export class CronJobPass {
  cronJob: CronJob;
  changed = false;
  readonly context: ControllerContext;
  readonly jobs: readonly Job[];

  constructor(cronJob: CronJob, jobs: readonly Job[], context: ControllerContext) {
    this.cronJob = cronJob;
    this.jobs = jobs;
    this.context = context;
  }

  get active(): NonNullable<CronJobStatus['active']> {
    return this.cronJob.status.active ?? [];
  }

  isActive(uid: string): boolean {
    return this.active.some((reference) => reference.uid === uid);
  }

  note(change: Partial<CronJobStatus>): void {
    const { active, ...rest } = { ...this.cronJob.status, ...change };
    const some = active === undefined || active.length === 0 ? {} : { active };
    this.cronJob = { ...this.cronJob, status: { ...some, ...rest } };
    this.changed = true;
  }

  forget(uid: string): void {
    if (this.isActive(uid)) {
      this.note({ active: this.active.filter((reference) => reference.uid !== uid) });
    }
  }

  tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.context.record(this.cronJob, type, reason, message);
  }
}

export interface Synced {
  /** When to look again; undefined: when something happens. */
  readonly afterMs?: number;
  readonly error?: string;
}

/** Deletes a Job and its Pods. Says whether that succeeded. */
export function* deleteJob(pass: CronJobPass, job: Job): Requests<boolean> {
  const { namespace, name, uid } = job.metadata;
  const deleted = yield* call<Job>({
    verb: 'delete',
    kind: 'Job',
    namespace: namespace!,
    name,
    options: { propagationPolicy: 'Background' },
  });
  if (!deleted.ok) {
    pass.tell('Warning', 'FailedDelete', `Deleted job: ${deleted.status.message}`);
    return false;
  }
  pass.forget(uid);
  pass.changed = true;
  pass.tell('Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  return true;
}
