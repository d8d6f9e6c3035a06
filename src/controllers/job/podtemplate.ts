/** The Pod that a Job creates, for an index or for none (ctl-04 §A.1, §A.4). */
import type { Job } from '../../api/job/job.ts';
import { isIndexed } from '../../api/job/jobstatus.ts';
import { controllerRef, type Draft } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Container, PodSpec } from '../../api/pod/podspec.ts';
import { failureCountsFor } from './perindex.ts';
import { hasLimitPerIndex, indexAnnotation, trackingFinalizer } from './pods.ts';

/** A name has 63 characters, of which five are random. */
const prefixMax = 58;

export function generateNameFor(job: string, index: number): string {
  const suffix = `-${index}-`;
  return `${job.slice(0, Math.max(0, prefixMax - suffix.length))}${suffix}`;
}

/** `replaced` is the last Pod of the index that failed, where its failures are counted by index. */
export function podFrom(
  job: Job,
  index: number | undefined,
  replaced: Pod | undefined,
): Draft<Pod> {
  const { name } = job.metadata;
  const { metadata = {}, spec } = job.spec.template;
  const { labels, finalizers = [] } = metadata;
  const annotations = {
    ...metadata.annotations,
    ...(index === undefined ? {} : { [indexAnnotation]: String(index) }),
    ...(index !== undefined && hasLimitPerIndex(job) ? failureCountsFor(job, replaced) : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: index === undefined ? `${name}-` : generateNameFor(name, index),
      ...(index === undefined
        ? labels === undefined
          ? {}
          : { labels }
        : { labels: { ...labels, [indexAnnotation]: String(index) } }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      finalizers: finalizers.includes(trackingFinalizer)
        ? finalizers
        : [...finalizers, trackingFinalizer],
      ownerReferences: [controllerRef(job)],
    },
    spec: index === undefined ? spec : { ...specOf(job), hostname: `${name}-${index}` },
  };
}

const indexed = new WeakMap<PodSpec, PodSpec>();

/** All containers learn the index of their Pod from its label. */
function specOf(job: Job): PodSpec {
  const { spec } = job.spec.template;
  if (!isIndexed(job)) return spec;
  let result = indexed.get(spec);
  if (result === undefined) {
    const { containers, initContainers } = spec;
    result = {
      ...spec,
      containers: containers.map(withIndex),
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withIndex) }),
    };
    indexed.set(spec, result);
  }
  return result;
}

const indexVariable = 'JOB_COMPLETION_INDEX';

function withIndex(container: Container): Container {
  const { env = [] } = container;
  if (env.some(({ name }) => name === indexVariable)) return container;
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${indexAnnotation}']` };
  return { ...container, env: [...env, { name: indexVariable, valueFrom: { fieldRef } }] };
}
