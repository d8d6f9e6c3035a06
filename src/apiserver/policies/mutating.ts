/**
 * MutatingAdmissionPolicies: expressions say what is written over an object before it is validated, as an applied
 * configuration or as a JSON patch (k8s.io/apiserver/pkg/admission/plugin/policy/mutating).
 */

import { type Names, type Structs, structsOf } from '../../api/cel/evaluate.ts';
import { isMap } from '../../api/cel/values.ts';
import { deepEqual } from '../../api/equal.ts';
import { atomicIn, freeType, merged } from '../../api/managedfields/typed.ts';
import type { KubeObject } from '../../api/meta.ts';
import { jsonPatch } from '../../api/patch/json.ts';
import type { Status } from '../../api/status.ts';
import { typeNameOf } from '../../api/structure.ts';
import type { Handling } from '../handling.ts';
import { forbidden } from '../reject.ts';
import type { Asked, Binding, Policy } from './asked.ts';
import { meetsConditions } from './conditions.ts';
import { isExempt, matches, namespaceOf } from './matching.ts';
import { judged, namesOf, PolicyError } from './names.ts';
import { paramsOf } from './params.ts';

const bindings = 'MutatingAdmissionPolicyBinding';
const policies = 'MutatingAdmissionPolicy';

const byName = (a: KubeObject, b: KubeObject): number =>
  a.metadata.name < b.metadata.name ? -1 : 1;

export type Mutated =
  | { readonly ok: true; readonly object: KubeObject }
  | { readonly ok: false; readonly status: Status };

interface Bound {
  readonly policy: Policy;
  readonly binding: Binding;
}

/** Asked of every write: most clusters have no policies that change anything. */
export const isMutated = ({ store, kind }: Handling): boolean =>
  store.kinds.includes(bindings) && !isExempt(kind);

/** The object as policies leave it: itself, if none changes it. */
export function mutated(object: KubeObject, asked: Asked, handling: Handling): Mutated {
  if (!isMutated(handling)) return { ok: true, object };
  const { store, kind } = handling;
  const view = store.view();
  const bound = view.list<Binding>(bindings).toSorted(byName);
  const all = view
    .list<Policy>(policies)
    .toSorted(byName)
    .flatMap((policy) =>
      bound
        .filter(({ spec }) => spec.policyName === policy.metadata.name)
        .map((binding): Bound => ({ policy, binding })),
    );
  const errors: string[] = [];
  const seen = new Map<Bound, KubeObject>();
  let now = object;
  const apply = (one: Bound): void => {
    const next = appliedTo(now, one, { ...asked, object: now }, handling, errors);
    seen.set(one, next);
    now = next;
  };
  for (const one of all) apply(one);
  for (const one of all) {
    const isAskedAgain = one.policy.spec.reinvocationPolicy === 'IfNeeded';
    if (isAskedAgain && seen.get(one) !== now) apply(one);
  }
  if (errors.length === 0) return { ok: true, object: now };
  const status = forbidden(kind, object.metadata.name, '');
  return { ok: false, status: { ...status, message: errors.join(', ') } };
}

function appliedTo(
  object: KubeObject,
  { policy, binding }: Bound,
  asked: Asked,
  handling: Handling,
  errors: string[],
): KubeObject {
  const { kind, store } = handling;
  const { matchConstraints, failurePolicy, paramKind } = policy.spec;
  const { matchResources, paramRef } = binding.spec;
  const view = store.view();
  if (!matches(matchConstraints ?? {}, asked, kind, view)) return object;
  if (!matches(matchResources ?? {}, asked, kind, view)) return object;
  const fail = (why: string): KubeObject => {
    const [name, by] = [policy.metadata.name, binding.metadata.name];
    if (failurePolicy !== 'Ignore') {
      errors.push(`policy '${name}' with binding '${by}' denied request: ${why}`);
    }
    return object;
  };
  const params = paramsOf(paramKind, paramRef, namespaceOf(asked), view);
  if (!params.ok) return fail(`failed to configure binding: ${params.why}`);
  try {
    return params.list.reduce<KubeObject>(
      (now, param) => withMutations(now, policy, { ...asked, object: now }, param, handling),
      object,
    );
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return fail(error.message);
  }
}

/** Each mutation sees what those before it did; variables are worked out anew. */
function withMutations(
  object: KubeObject,
  policy: Policy,
  asked: Asked,
  param: KubeObject | undefined,
  handling: Handling,
): KubeObject {
  if (!meetsConditions(policy, namesOf(policy, asked, param, handling))) return object;
  let now = object;
  for (const { applyConfiguration, jsonPatch: patch } of policy.spec.mutations ?? []) {
    const names: Names = {
      ...namesOf(policy, { ...asked, object: now }, param, handling),
      [structsOf]: made,
    };
    if (applyConfiguration !== undefined) {
      now = configured(now, judged(applyConfiguration.expression, names));
    } else if (patch !== undefined) now = patched(now, judged(patch.expression, names));
  }
  if (now === object || deepEqual(now, object)) return object;
  return handling.kind.defaults(now);
}

/** What expressions make: parts of the object, and steps of a patch. */
const made: Structs = (_name, fields) => fields;

function configured(object: KubeObject, change: unknown): KubeObject {
  if (!isMap(change)) {
    throw new PolicyError('unsupported return type from ApplyConfiguration expression');
  }
  const name = typeNameOf(object.apiVersion, object.kind);
  const type = name === undefined ? freeType : { ref: name };
  const atomic = atomicIn(change, type);
  if (atomic !== undefined) {
    throw new PolicyError(
      `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomic}`,
    );
  }
  return merged(object, change, type) as KubeObject;
}

function patched(object: KubeObject, steps: unknown): KubeObject {
  if (!Array.isArray(steps)) throw new PolicyError('unexpected evaluation result for JSONPatch');
  const result = jsonPatch(object, steps);
  if (!result.ok) throw new PolicyError(`JSON Patch: ${result.message}`);
  return result.value as KubeObject;
}
