/** What the authors of Jobs are warned of (upstream's pkg/api/job/warnings.go). */
import type { JobSpec } from '../job/job.ts';
import type { KubeObject } from '../meta.ts';
import { nameWarnings, templateWarnings } from './pod.ts';

const completionsMax = 100_000;
const parallelismMax = 10_000;

const untracked =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';

/** @param path of the Job's spec */
export const jobWarnings =
  (path: string, specOf: (object: KubeObject) => JobSpec | undefined) =>
  (object: KubeObject, before?: KubeObject): readonly string[] => {
    const { completionMode, completions = 0, parallelism = 0 } = specOf(object) ?? {};
    const isLarge = completions > completionsMax && parallelism > parallelismMax;
    const ofTemplate = templateWarnings(`${path}.template`, (one) => specOf(one)?.template);
    return [
      ...nameWarnings(object, before),
      ...(completionMode === 'Indexed' && isLarge ? [`${path}: ${untracked}`] : []),
      ...ofTemplate(object, before),
    ];
  };
