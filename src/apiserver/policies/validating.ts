/**
 * ValidatingAdmissionPolicies: what is to be stored is judged by expressions, and refused, warned of or noted in the audit
 * log (k8s.io/apiserver/pkg/admission/plugin/policy/validating).
 *
 * Upstream learns of policies and bindings within a second; here they hold at once.
 */
import type { Names } from '../../api/cel/evaluate.ts';
import type { KubeObject } from '../../api/meta.ts';
import { type Reason, rejection, type Status } from '../../api/status.ts';
import type { Handling } from '../handling.ts';
import { forbidden } from '../reject.ts';
import type { Asked, Binding, Policy, Validation } from './asked.ts';
import { meetsConditions } from './conditions.ts';
import { isExempt, matches, namespaceOf } from './matching.ts';
import { judged, namesOf, PolicyError } from './names.ts';
import { paramsOf } from './params.ts';

const bindings = 'ValidatingAdmissionPolicyBinding';
const policies = 'ValidatingAdmissionPolicy';

interface Denial {
  readonly policy: Policy;
  readonly binding?: Binding;
  readonly reason?: string | undefined;
  readonly message: string;
}

const byName = (a: KubeObject, b: KubeObject): number =>
  a.metadata.name < b.metadata.name ? -1 : 1;

/** Asked of every write: most clusters have no policies. */
export const isPoliced = ({ store, kind }: Handling): boolean =>
  store.kinds.includes(bindings) && !isExempt(kind);

/** Why a change is refused: the first policy that denies it tells. Others warn its author, or note it. */
export function policyRefusal(asked: Asked, handling: Handling): Status | undefined {
  const { store, kind } = handling;
  if (!isPoliced(handling)) return undefined;
  const view = store.view();
  const bound = view.list<Binding>(bindings).toSorted(byName);
  if (bound.length === 0) return undefined;
  const denials: Denial[] = [];
  for (const policy of view.list<Policy>(policies).toSorted(byName)) {
    const own = bound.filter(({ spec }) => spec.policyName === policy.metadata.name);
    if (own.length === 0 || !matches(policy.spec.matchConstraints ?? {}, asked, kind, view))
      continue;
    for (const binding of own) {
      if (!matches(binding.spec.matchResources ?? {}, asked, kind, view)) continue;
      denials.push(...denialsOf(policy, binding, asked, handling));
    }
  }
  const [first] = denials;
  return first === undefined ? undefined : refusalOf(first, asked, handling);
}

function denialsOf(
  policy: Policy,
  binding: Binding,
  asked: Asked,
  handling: Handling,
): readonly Denial[] {
  const { paramKind, failurePolicy } = policy.spec;
  const { paramRef, validationActions = [] } = binding.spec;
  const params = paramsOf(paramKind, paramRef, namespaceOf(asked), handling.store.view());
  if (!params.ok) {
    if (failurePolicy === 'Ignore') return [];
    return [{ policy, binding, message: `failed to configure binding: ${params.why}` }];
  }
  const denials: Denial[] = [];
  for (const param of params.list) {
    const names = namesOf(policy, asked, param, handling);
    for (const { index, message, reason } of failuresOf(policy, names, handling)) {
      for (const action of validationActions) {
        if (action === 'Deny') denials.push({ policy, binding, message, reason });
        if (action === 'Warn') handling.said.warn(warningOf(policy, binding, message));
        if (action === 'Audit') noteFailure(policy, binding, message, index, handling);
      }
    }
  }
  return denials;
}

interface Failure {
  readonly index: number;
  readonly message: string;
  readonly reason?: string | undefined;
}

/** What does not hold, or cannot be told. */
function failuresOf(policy: Policy, names: Names, handling: Handling): readonly Failure[] {
  const { validations = [], failurePolicy } = policy.spec;
  const failed = (error: unknown, index: number): readonly Failure[] => {
    if (!(error instanceof PolicyError)) throw error;
    return failurePolicy === 'Ignore' ? [] : [{ index, message: error.message }];
  };
  try {
    if (!meetsConditions(policy, names)) return [];
  } catch (error) {
    return failed(error, 0);
  }
  const failures = validations.flatMap((validation, index) => {
    try {
      if (judged(validation.expression, names) === true) return [];
    } catch (error) {
      return failed(error, index);
    }
    const { reason = 'Invalid' } = validation;
    return [{ index, message: messageOf(validation, names), reason }];
  });
  annotate(policy, names, handling);
  return failures;
}

const messageMax = 5_120;

/** What its expression makes of it, if that is one line; what was written down; the expression itself. */
function messageOf({ expression, message, messageExpression }: Validation, names: Names): string {
  if (messageExpression) {
    try {
      const found = judged(messageExpression, names);
      const said = typeof found === 'string' ? found.trim() : '';
      if (said !== '' && said.length <= messageMax && !said.includes('\n')) return said;
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
    }
  }
  return message?.trim() || `failed expression: ${expression.trim()}`;
}

const warningOf = ({ metadata }: Policy, binding: Binding, message: string): string =>
  `Validation failed for ValidatingAdmissionPolicy '${metadata.name}' with binding '${binding.metadata.name}': ${message}`;

function noteFailure(
  policy: Policy,
  { metadata, spec }: Binding,
  message: string,
  expressionIndex: number,
  { said }: Handling,
): void {
  const failure = {
    message,
    policy: policy.metadata.name,
    binding: metadata.name,
    expressionIndex,
    validationActions: spec.validationActions,
  };
  said.note('validation.policy.admission.k8s.io/validation_failure', JSON.stringify([failure]));
}

function annotate({ metadata, spec }: Policy, names: Names, { said }: Handling): void {
  for (const { key, valueExpression } of spec.auditAnnotations ?? []) {
    try {
      const value = judged(valueExpression, names);
      const text = typeof value === 'string' ? value.trim() : '';
      if (text !== '') said.note(`${metadata.name}/${key}`, text);
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
    }
  }
}

const codes: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
};

function refusalOf(
  { policy, binding, message: why, reason = 'Invalid' }: Denial,
  { object, before }: Asked,
  { kind }: Handling,
): Status {
  const by = binding === undefined ? '' : ` with binding '${binding.metadata.name}'`;
  const said = `ValidatingAdmissionPolicy '${policy.metadata.name}'${by} denied request: ${why}`;
  const { message, details } = forbidden(kind, (object ?? before)!.metadata.name, said);
  const status = rejection(reason as Reason, message, { ...details, causes: [{ message: said }] });
  return { ...status, code: codes[reason] ?? 422 };
}
