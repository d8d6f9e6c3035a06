/** KubeSchedulerConfiguration v1 as options of a scheduler (sched-00). Mistakes are told in one line. */
import { defaultBackoff } from '../backoff.ts';
import type { SchedulerOptions } from '../options.ts';
import { type ProfileOptions, registry } from '../profile.ts';
import { argsOf } from './args.ts';
import { defined, Reader } from './fields.ts';
import { enabledOf } from './plugins.ts';

const apiVersion = 'kubescheduler.config.k8s.io/v1';
const kind = 'KubeSchedulerConfiguration';

/** About the process, not about decisions: read over. */
const ofTheProcess = [
  'parallelism',
  'leaderElection',
  'clientConnection',
  'enableProfiling',
  'enableContentionProfiling',
  'delayCacheUntilActive',
];

const decisive = [
  'apiVersion',
  'kind',
  'profiles',
  'percentageOfNodesToScore',
  'podInitialBackoffSeconds',
  'podMaxBackoffSeconds',
  'extenders',
];

/** What `document`, the parsed file, says; `where` names it in errors. */
export function schedulerOptionsOf(document: unknown, where: string): SchedulerOptions {
  const read = new Reader(document, [...decisive, ...ofTheProcess], where);
  if (read.text('apiVersion') !== apiVersion)
    throw read.mistake('apiVersion', `expected ${apiVersion}`);
  if (read.text('kind') !== kind) throw read.mistake('kind', `expected ${kind}`);
  if ((read.list('extenders') ?? []).length > 0) {
    throw read.mistake('extenders', 'are not called here; leave them out');
  }
  const share = read.integer('percentageOfNodesToScore', 0, 100);
  const initialMs =
    1000 * (read.integer('podInitialBackoffSeconds', 1) ?? defaultBackoff.initialMs / 1000);
  const maxMs = 1000 * (read.integer('podMaxBackoffSeconds', 1) ?? defaultBackoff.maxMs / 1000);
  if (maxMs < initialMs) {
    throw read.mistake(
      'podMaxBackoffSeconds',
      'must be greater than or equal to podInitialBackoffSeconds',
    );
  }
  const given = read.list('profiles') ?? [];
  const fields = ['schedulerName', 'percentageOfNodesToScore', 'plugins', 'pluginConfig'];
  const profiles = (given.length === 0 ? [{}] : given).map((one, i, all) =>
    profileIn(new Reader(one, fields, `${where}.profiles[${i}]`), all.length === 1, share),
  );
  profiles.forEach(({ schedulerName }, i) => {
    if (profiles.findIndex((one) => one.schedulerName === schedulerName) === i) return;
    throw read.mistake(`profiles[${i}].schedulerName`, `${schedulerName} is there already`);
  });
  return { profiles, backoff: { initialMs, maxMs } };
}

function profileIn(profile: Reader, isOnly: boolean, share: number | undefined): ProfileOptions {
  const schedulerName = profile.text('schedulerName') ?? (isOnly ? 'default-scheduler' : '');
  if (schedulerName === '')
    throw profile.mistake('schedulerName', 'is not set; each of several profiles needs one');
  return defined({
    schedulerName,
    percentageOfNodesToScore: profile.integer('percentageOfNodesToScore', 0, 100) ?? share,
    args: argsOf(profile, Object.keys(registry)),
    enabled: enabledOf(profile),
  }) as ProfileOptions;
}
