/** What may change in a Pod once it exists: images, tolerations added, a shorter deadline (ValidatePodUpdate). */
import { deepEqual, semanticDeepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { Container, NodeAffinity, NodeSelectorTerm, PodSpec } from '../pod/podspec.ts';
import { type Errors, forbidden, invalid, required } from './errors.ts';
import { validateTolerations } from './tolerations.ts';

interface HasSpec {
  readonly spec: PodSpec;
}

const rule =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

const deadlineMax = 2_147_483_647;

export function validatePodUpdate(
  { spec: next }: HasSpec,
  { spec: old }: HasSpec,
): readonly FieldError[] {
  if (next === old) return [];
  const errors: Errors = [];
  for (const list of ['containers', 'initContainers'] as const) {
    if (!validateImages(errors, next[list] ?? [], old[list] ?? [], `spec.${list}`)) return errors;
  }
  if (!validateDeadline(errors, next.activeDeadlineSeconds, old.activeDeadlineSeconds)) {
    return errors;
  }
  validateAdded(errors, next, old);
  const before = (old.schedulingGates ?? []).map(({ name }) => name);
  (next.schedulingGates ?? []).forEach(({ name }, i) => {
    if (before.includes(name)) return;
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(forbidden(`spec.schedulingGates[${i}].name`, why));
  });
  if (semanticDeepEqual(next, old)) return errors;
  const isGated = before.length > 0;
  if (isGated) validateDirectives(errors, next, old);
  if (!semanticDeepEqual(mutable(next, old, isGated), old)) errors.push(forbidden('spec', rule));
  return errors;
}

/** Whether there are as many of them as before: if not, nothing else is looked at. */
function validateImages(
  errors: Errors,
  next: readonly Container[],
  old: readonly Container[],
  field: string,
): boolean {
  if (next.length !== old.length) {
    errors.push(forbidden(field, 'pod updates may not add or remove containers'));
    return false;
  }
  next.forEach(({ image = '' }, i) => {
    const at = `${field}[${i}].image`;
    if (image === '') errors.push(required(at));
    if (image.trim() === image) return;
    errors.push(invalid(at, image, 'must not have leading or trailing whitespace'));
  });
  return true;
}

function validateDeadline(
  errors: Errors,
  next: number | undefined,
  old: number | undefined,
): boolean {
  const at = 'spec.activeDeadlineSeconds';
  if (next === undefined) {
    if (old === undefined) return true;
    errors.push(invalid(at, undefined, 'must not update from a positive integer to nil value'));
    return true;
  }
  if (next < 0 || next > deadlineMax) {
    errors.push(invalid(at, next, `must be between 0 and ${deadlineMax}, inclusive`));
    return false;
  }
  if (old === undefined || next <= old) return true;
  errors.push(invalid(at, next, 'must be less than or equal to previous value'));
  return false;
}

/** Tolerations may be added, and their seconds may change. */
function validateAdded(errors: Errors, next: PodSpec, old: PodSpec): void {
  const given = next.tolerations ?? [];
  const isKept = (old.tolerations ?? []).every(({ tolerationSeconds: _seconds, ...toleration }) =>
    given.some(({ tolerationSeconds: _own, ...other }) => deepEqual(toleration, other)),
  );
  if (isKept) validateTolerations(errors, given, 'spec.tolerations');
  else {
    const why = 'existing toleration can not be modified except its tolerationSeconds';
    errors.push(forbidden('spec.tolerations', why));
  }
}

const hard = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Where a Pod may go can be narrowed while its gates keep it from going anywhere. */
function validateDirectives(errors: Errors, next: PodSpec, old: PodSpec): void {
  const { nodeSelector = {} } = next;
  const selectors = Object.entries(old.nodeSelector ?? {});
  if (selectors.some(([key, value]) => nodeSelector[key] !== value)) {
    const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    errors.push(invalid('spec.nodeSelector', nodeSelector, why));
  }
  validateNodeAffinity(errors, next.affinity?.nodeAffinity, old.affinity?.nodeAffinity);
}

function validateNodeAffinity(
  errors: Errors,
  next: NodeAffinity | undefined,
  old: NodeAffinity | undefined,
): void {
  if (old === undefined || deepEqual(next, old)) return;
  const [terms, before] = [next, old].map((one) => one?.[hard]?.nodeSelectorTerms ?? []) as [
    readonly NodeSelectorTerm[],
    readonly NodeSelectorTerm[],
  ];
  const at = `spec.affinity.nodeAffinity.${hard}.nodeSelectorTerms`;
  if (before.length === 0) return;
  if (terms.length !== before.length) {
    const why = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    errors.push(invalid(at, terms, why));
    return;
  }
  before.forEach((term, i) => {
    if (addsOnly(terms[i]!, term)) return;
    const why = 'only additions are allowed (no mutations or deletions)';
    errors.push(invalid(`${at}[${i}]`, terms[i], why));
  });
}

function addsOnly(next: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const isEmpty = (term: NodeSelectorTerm): boolean =>
    (term.matchExpressions ?? []).length + (term.matchFields ?? []).length === 0;
  // A term that says nothing matches nothing; with something added, it would match.
  if (isEmpty(old) && !isEmpty(next)) return false;
  return (['matchExpressions', 'matchFields'] as const).every((list) =>
    (old[list] ?? []).every((requirement, i) => deepEqual(next[list]?.[i], requirement)),
  );
}

/** `next` with everything that may change put back as it was. */
function mutable(next: PodSpec, old: PodSpec, isGated: boolean): PodSpec {
  const images = (containers: readonly Container[], before: readonly Container[]) =>
    containers.map((container, i) => ({
      ...container,
      image: before[i]?.image ?? container.image,
    }));
  const restored: Record<string, unknown> = {
    ...next,
    containers: images(next.containers, old.containers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
  };
  if (next.initContainers !== undefined) {
    restored.initContainers = images(next.initContainers, old.initContainers ?? []);
  }
  const grace = old.terminationGracePeriodSeconds ?? 0;
  if (grace < 0 && next.terminationGracePeriodSeconds === 1) {
    restored.terminationGracePeriodSeconds = grace;
  }
  if (isGated) {
    restored.nodeSelector = old.nodeSelector;
    restored.affinity = withNodeAffinity(next.affinity, old.affinity);
  }
  return restored as unknown as PodSpec;
}

type Affinity = PodSpec['affinity'];

function withNodeAffinity(next: Affinity, old: Affinity): Affinity {
  const { nodeAffinity: _own, ...others } = next ?? {};
  const nodeAffinity = old?.nodeAffinity;
  if (nodeAffinity !== undefined) return { ...others, nodeAffinity };
  return old === undefined && Object.keys(others).length === 0 ? undefined : others;
}
