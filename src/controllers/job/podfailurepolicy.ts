/** What a Job's podFailurePolicy says about a Pod that failed (ctl-04 §A.6). */
import type { Job, PodFailurePolicyRule } from '../../api/job/job.ts';
import type { Condition } from '../../api/meta.ts';
import type { ContainerStatus, Pod } from '../../api/pod/pod.ts';

export interface Verdict {
  /** Of the first rule that matches. */
  readonly action?: PodFailurePolicyRule['action'];
  /** It counts towards the limits. */
  readonly counted: boolean;
  /** Why the Job as a whole fails, if it does. */
  readonly message?: string;
}

const counts: Verdict = { counted: true };

export function verdictOn(pod: Pod, policy: Job['spec']['podFailurePolicy']): Verdict {
  if (policy === undefined) return counts;
  for (const [index, rule] of policy.rules.entries()) {
    const cause = causeOf(pod, rule);
    if (cause === undefined) continue;
    const { action } = rule;
    if (action !== 'FailJob') return { action, counted: action !== 'Ignore' };
    return { action, counted: true, message: `${cause} matching FailJob rule at index ${index}` };
  }
  return counts;
}

/** What makes the rule match. */
function causeOf(pod: Pod, { onExitCodes, onPodConditions }: PodFailurePolicyRule) {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (onExitCodes !== undefined) {
    const container = exitedContainer(pod, onExitCodes);
    if (container === undefined) return undefined;
    const { exitCode } = container.state!.terminated!;
    return `Container ${container.name} for pod ${name} failed with exit code ${exitCode}`;
  }
  const condition = matchingCondition(pod, onPodConditions ?? []);
  return condition === undefined ? undefined : `Pod ${name} has condition ${condition.type}`;
}

type ExitCodes = NonNullable<PodFailurePolicyRule['onExitCodes']>;

function exitedContainer(
  { status }: Pod,
  { containerName, operator, values }: ExitCodes,
): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = status;
  return [...containerStatuses, ...initContainerStatuses].find(({ name, state }) => {
    const exitCode = state?.terminated?.exitCode ?? 0;
    if (exitCode === 0 || (containerName !== undefined && containerName !== name)) return false;
    return values.includes(exitCode) === (operator === 'In');
  });
}

type Patterns = NonNullable<PodFailurePolicyRule['onPodConditions']>;

const matchingCondition = ({ status }: Pod, patterns: Patterns): Condition | undefined =>
  status.conditions?.find((condition) =>
    patterns.some(({ type, status }) => type === condition.type && status === condition.status),
  );
