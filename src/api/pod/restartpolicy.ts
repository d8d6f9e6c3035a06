/** Whether a container that ended is started again (kubelet-03): its rules, its policy, its Pod's policy. */
import type { Container, PodSpec, RestartRule } from './podspec.ts';

export const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always';

/** The first rule that speaks of the exit code. */
export function matchingRule(
  { restartPolicyRules }: Container,
  exitCode: number,
): RestartRule | undefined {
  if (restartPolicyRules === undefined) return undefined;
  for (const rule of restartPolicyRules) {
    const { exitCodes } = rule;
    if (exitCodes === undefined) continue;
    const listed = (exitCodes.values ?? []).includes(exitCode);
    if (exitCodes.operator === 'In' ? listed : exitCodes.operator === 'NotIn' && !listed) {
      return rule;
    }
  }
  return undefined;
}

export const restartsAllContainers = (container: Container, exitCode: number): boolean =>
  matchingRule(container, exitCode)?.action === 'RestartAllContainers';

/** Upstream's ContainerShouldRestart. Rules count only next to a policy of the container's own. */
export function restartsAfter(
  container: Container,
  podPolicy: PodSpec['restartPolicy'],
  exitCode: number,
): boolean {
  if (container.restartPolicy === undefined) return allows(podPolicy ?? 'Always', exitCode);
  return (
    matchingRule(container, exitCode) !== undefined || allows(container.restartPolicy, exitCode)
  );
}

/** Whether it may be started again at all: what a probe kills is, unless this is `Never`. */
export const mayRestart = (
  { restartPolicy }: Container,
  podPolicy: PodSpec['restartPolicy'],
): boolean => (restartPolicy ?? podPolicy) !== 'Never';

/** What is not said is `Always`. */
const allows = (policy: string, exitCode: number): boolean =>
  policy === 'OnFailure' ? exitCode !== 0 : policy !== 'Never';

/** Whether the exit of some container makes all of them start again, whatever their policies. */
export const mayRestartAll = ({ containers, initContainers = [] }: PodSpec): boolean =>
  anyRestartsAll(initContainers) || anyRestartsAll(containers);

function anyRestartsAll(containers: readonly Container[]): boolean {
  for (const { restartPolicyRules } of containers) {
    if (restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers')) return true;
  }
  return false;
}
