/**
 * PodSecurity: Pods keep to the level that the labels of their namespace enforce; who writes Pods or
 * templates that would break the level to be warned of is told (k8s.io/pod-security-admission/admission).
 */
import { deepEqual } from '../../../api/equal.ts';
import type { FieldError } from '../../../api/kind.ts';
import type { KubeObject, Labels } from '../../../api/meta.ts';
import type { Namespace } from '../../../api/namespace.ts';
import type { Pod } from '../../../api/pod/pod.ts';
import type { View } from '../../../store/view.ts';
import { violationsOf, violationText } from './judge.ts';
import { anythingGoes, isStricter, levelText, type Policy, policyOf } from './policy.ts';
import type { Subject } from './subject.ts';

const policyIn = (view: View, namespace: string): Policy =>
  policyOf(view.get<Namespace>('Namespace', namespace)?.metadata.labels);

/** Why a Pod may not be created, or changed to this. */
export function podSecurityRefusal(
  pod: Pod,
  before: Pod | undefined,
  view: View,
): string | undefined {
  const { enforce } = policyIn(view, pod.metadata.namespace ?? '');
  if (enforce.level === 'privileged') return undefined;
  if (before !== undefined && !isSignificant(pod, before)) return undefined;
  const text = violationText(pod as unknown as Subject, enforce);
  return text === undefined ? undefined : `violates ${text}`;
}

/** What its author should be told of what was written. */
export function podSecurityWarnings(
  object: KubeObject,
  before: KubeObject | undefined,
  view: View,
): readonly string[] {
  if (object.kind === 'Namespace') {
    return before === undefined ? [] : namespaceWarnings(object, before, view);
  }
  const { warn } = policyIn(view, object.metadata.namespace ?? '');
  if (warn.level === 'privileged') return [];
  const isPod = object.kind === 'Pod';
  if (isPod && before !== undefined && !isSignificant(object as Pod, before as Pod)) return [];
  const subject = isPod ? (object as unknown as Subject) : templateOf(object);
  const text = subject === undefined ? undefined : violationText(subject, warn);
  return text === undefined ? [] : [`would violate ${text}`];
}

/** Labels of a namespace that say nothing that there is; those that were there before may stay. */
export function namespaceLabelErrors(
  { metadata }: KubeObject,
  before: KubeObject | undefined,
): readonly FieldError[] {
  const { errors } = policyOf(metadata.labels);
  if (errors.length === 0 || before === undefined) return errors;
  const old = policyOf(before.metadata.labels).errors;
  return deepEqual(errors, old) ? [] : errors;
}

/** A namespace becomes stricter than its Pods are. */
function namespaceWarnings(
  { metadata }: KubeObject,
  before: KubeObject,
  view: View,
): readonly string[] {
  const { enforce } = policyOf(metadata.labels);
  const { enforce: old } = policyOf(before.metadata.labels) ?? anythingGoes;
  if (enforce.level === 'privileged') return [];
  if (enforce.minor === old.minor && !isStricter(enforce.level, old.level)) return [];
  const names = new Map<string, string[]>();
  for (const pod of view.by<Pod>('Pod', 'namespace', metadata.name)) {
    const found = violationsOf(pod as unknown as Subject, enforce);
    if (found.length === 0) continue;
    const reasons = found.map(({ reason }) => reason).join(', ');
    names.set(reasons, [...(names.get(reasons) ?? []), pod.metadata.name]);
  }
  if (names.size === 0) return [];
  const told = [...names].map(([reasons, pods]) => {
    const [first] = pods.sort();
    const others = pods.length - 1;
    const more = others === 0 ? '' : ` (and ${others} other pod${others === 1 ? '' : 's'})`;
    return `${first}${more}: ${reasons}`;
  });
  const whole = `existing pods in namespace "${metadata.name}" violate the new PodSecurity enforce level "${levelText(enforce)}"`;
  return [whole, ...told.sort()];
}

interface Templated {
  readonly template?: Subject;
  readonly spec?: {
    readonly template?: Subject;
    readonly jobTemplate?: { readonly spec?: { readonly template?: Subject } };
  };
}

const templated = new Set([
  'ReplicationController',
  'PodTemplate',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);

/** What a workload makes its Pods from. */
function templateOf(object: KubeObject): Subject | undefined {
  if (!templated.has(object.kind)) return undefined;
  const { template, spec } = object as unknown as Templated;
  const found = template ?? spec?.template ?? spec?.jobTemplate?.spec?.template;
  return found === undefined ? undefined : { ...found, metadata: found.metadata ?? {} };
}

const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompOfContainer = 'container.seccomp.security.alpha.kubernetes.io/';

/** Whether an update of a Pod changes anything that the rules look at. */
function isSignificant(pod: Pod, before: Pod): boolean {
  const [now, then] = [annotationsOf(pod), annotationsOf(before)];
  if (now[seccompOfPod] !== then[seccompOfPod]) return true;
  const differ = (a: { name: string; image?: string }, b: typeof a | undefined) =>
    b === undefined ||
    a.image !== b.image ||
    now[seccompOfContainer + a.name] !== then[seccompOfContainer + a.name];
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const old = before.spec;
  return (
    containers.length !== old.containers.length ||
    initContainers.length !== (old.initContainers ?? []).length ||
    containers.some((one, i) => differ(one, old.containers[i])) ||
    initContainers.some((one, i) => differ(one, old.initContainers?.[i])) ||
    ephemeralContainers.some((one) =>
      differ(
        one,
        old.ephemeralContainers?.find(({ name }) => name === one.name),
      ),
    )
  );
}

const annotationsOf = ({ metadata }: KubeObject): Labels => metadata.annotations ?? {};
