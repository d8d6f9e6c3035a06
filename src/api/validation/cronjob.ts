/** Validation of CronJobs (api-06 §2). */
import { parseSchedule } from '../cron/schedule.ts';
import { zoneError } from '../cron/zone.ts';
import type { CronJob } from '../job/cronjob.ts';
import type { FieldError } from '../kind.ts';
import { type Errors, invalid, invalidRaw, nonNegative, required, unsupported } from './errors.ts';
import { validateJobSpec } from './job.ts';
import { selectorText } from './workload.ts';

type Spec = CronJob['spec'];

/** A Job's name is longer by eleven characters, and no longer than a label's value. */
const nameMax = 52;

export function validateCronJob({ metadata, spec }: CronJob): readonly FieldError[] {
  const errors: Errors = [];
  validateSpec(errors, spec, undefined);
  if (metadata.name.length > nameMax) {
    errors.push(
      invalid('metadata.name', metadata.name, `must be no more than ${nameMax} characters`),
    );
  }
  return errors;
}

export function validateCronJobUpdate(next: CronJob, current: CronJob): readonly FieldError[] {
  const errors: Errors = [];
  validateSpec(errors, next.spec, current.spec);
  return errors;
}

const policies = ['Allow', 'Forbid', 'Replace'];

function validateSpec(errors: Errors, spec: Spec, old: Spec | undefined): void {
  if (!spec.schedule) errors.push(required('spec.schedule'));
  else validateSchedule(errors, spec, old?.schedule.includes('TZ') === true);
  nonNegative(errors, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
  if (old === undefined || old.timeZone !== spec.timeZone) validateZone(errors, spec.timeZone);
  const { concurrencyPolicy: policy } = spec;
  if (!policy) errors.push(required('spec.concurrencyPolicy'));
  else if (!policies.includes(policy)) {
    errors.push(unsupported('spec.concurrencyPolicy', policy, policies));
  }
  validateJobTemplate(errors, spec);
  nonNegative(errors, 'spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit);
  nonNegative(errors, 'spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit);
}

function validateSchedule(
  errors: Errors,
  { schedule, timeZone }: Spec,
  mayNameZone: boolean,
): void {
  const at = 'spec.schedule';
  const parsed = parseSchedule(schedule);
  if (!parsed.ok) errors.push(invalid(at, schedule, parsed.error));
  if (!schedule.includes('TZ')) return;
  if (!mayNameZone) {
    const detail = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    errors.push(invalid(at, schedule, detail));
  } else if (timeZone !== undefined) {
    const detail = 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
    errors.push(invalid(at, schedule, detail));
  }
}

const zonePart = /^(?!-)[A-Za-z.\-_0-9+]{1,14}$/;

function validateZone(errors: Errors, timeZone: string | undefined): void {
  if (timeZone === undefined) return;
  const at = 'spec.timeZone';
  if (timeZone === '') {
    errors.push(invalid(at, timeZone, 'timeZone must be nil or non-empty string'));
    return;
  }
  const sound = timeZone
    .split('/')
    .every((part) => part !== '.' && part !== '..' && zonePart.test(part));
  if (!sound) {
    errors.push(invalid(at, timeZone, `unknown time zone ${timeZone}`));
    return;
  }
  if (timeZone.toLowerCase() === 'local') {
    const detail =
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    errors.push(invalid(at, timeZone, detail));
  }
  const error = zoneError(timeZone);
  if (error !== undefined) errors.push(invalid(at, timeZone, error));
}

function validateJobTemplate(errors: Errors, { jobTemplate }: Spec): void {
  const at = 'spec.jobTemplate.spec';
  const { spec } = jobTemplate ?? {};
  if (spec === undefined) {
    errors.push(required(`${at}.template.spec.containers`));
    return;
  }
  validateJobSpec(errors, spec, at);
  if (spec.selector !== undefined) {
    const shown = selectorText(spec.selector);
    errors.push(invalidRaw(`${at}.selector`, shown, '`selector` will be auto-generated'));
  }
  if (spec.manualSelector === true) {
    errors.push(unsupported(`${at}.manualSelector`, true, ['nil', 'false']));
  }
}
