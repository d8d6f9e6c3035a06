/** `--scheduler-config FILE`: how the scheduler is set up. */
import { readYaml } from '../api/manifest.ts';
import { schedulerOptionsOf } from '../scheduler/configuration/configuration.ts';
import type { SchedulerOptions } from '../scheduler/options.ts';
import { readText } from '../storage/file.ts';
import type { Arguments, Flag } from './command.ts';

export const schedulerConfigFlag = {
  'scheduler-config': {
    type: 'string',
    value: 'FILE',
    about: 'a KubeSchedulerConfiguration: profiles, plugins, arguments, back-off',
  },
} as const satisfies Readonly<Record<string, Flag>>;

export interface SchedulerConfig {
  /** The file as data: with it a run can be played again. */
  readonly document: unknown;
  readonly options: SchedulerOptions;
}

/** Throws a UsageError if it cannot be used. */
export function schedulerConfig(args: Arguments): SchedulerConfig | undefined {
  const file = args.text('scheduler-config');
  if (file === undefined) return undefined;
  const document = readYaml(readText(file), file);
  return { document, options: schedulerOptionsOf(document, file) };
}
