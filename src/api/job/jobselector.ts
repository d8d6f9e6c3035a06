/** The labels that tie Pods to their Job, and the selector that finds them (api-05 §2). */

import type { Labels } from '../meta.ts';
import type { Job } from './job.ts';

export const jobNameLabel = 'batch.kubernetes.io/job-name';
export const controllerUidLabel = 'batch.kubernetes.io/controller-uid';

/** As they were called before they had a prefix. */
export const legacyJobNameLabel = 'job-name';
export const legacyControllerUidLabel = 'controller-uid';

/** Labels that the template of a Job gets if it does not set them. */
export const generatedLabels = (name: string, uid: string): Labels => ({
  [controllerUidLabel]: uid,
  [jobNameLabel]: name,
  [legacyControllerUidLabel]: uid,
  [legacyJobNameLabel]: name,
});

/** A Job with them, unless it selects by itself. */
export function generateSelector(job: Job): Job {
  const { metadata, spec } = job;
  if (spec.manualSelector === true || spec.template === undefined) return job;
  const { selector = {}, template } = spec;
  const given = template.metadata?.labels;
  const labels = { ...generatedLabels(metadata.name, metadata.uid), ...given };
  const matchLabels = { [controllerUidLabel]: metadata.uid, ...selector.matchLabels };
  // Labels that the Job has from its template are the same map, and grow with it.
  const own = metadata.labels;
  const shares = own === undefined || own === given || Object.keys(own).length === 0;
  return {
    ...job,
    metadata: shares ? { ...metadata, labels } : metadata,
    spec: {
      ...spec,
      selector: { ...selector, matchLabels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
