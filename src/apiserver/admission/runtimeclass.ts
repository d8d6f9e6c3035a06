/**
 * RuntimeClass: a Pod that names its runtime takes over what that costs, and where it is
 * (plugin/pkg/admission/runtimeclass).
 */
import { deepEqual } from '../../api/equal.ts';
import type { KubeObject, Labels } from '../../api/meta.ts';
import type { PodSpec, Toleration } from '../../api/pod/podspec.ts';
import { type QuantityTexts, quantitiesOf, sameQuantities } from '../../api/quantities.ts';
import type { View } from '../../store/view.ts';
import type { Priority } from './podpriority.ts';

interface RuntimeClass extends KubeObject {
  readonly overhead?: { readonly podFixed?: QuantityTexts };
  readonly scheduling?: {
    readonly nodeSelector?: Labels;
    readonly tolerations?: readonly Toleration[];
  };
}

/** The Pod as its class wants it, or why it is refused. */
export function withRuntimeClass(spec: PodSpec, view: View): Priority {
  const { runtimeClassName: name } = spec;
  if (name === undefined) {
    return spec.overhead === undefined ? { ok: true, spec } : rejected(unasked);
  }
  const found = view.get<RuntimeClass>('RuntimeClass', name);
  if (found === undefined) return rejected(`RuntimeClass "${name}" not found`);
  const { overhead, scheduling } = found;
  const asked = {
    ...spec,
    ...(overhead === undefined ? {} : { overhead: overhead.podFixed ?? {} }),
  };
  if (spec.overhead !== undefined) {
    if (overhead === undefined) return rejected(unasked);
    const isSame = sameQuantities(quantitiesOf(overhead.podFixed), quantitiesOf(spec.overhead));
    if (!isSame) return rejected("Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  if (scheduling === undefined) return { ok: true, spec: asked };
  const { nodeSelector = {}, tolerations = [] } = scheduling;
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key];
    if (own === undefined || own === value) continue;
    const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`;
    return { ok: false, why };
  }
  const selector = { ...spec.nodeSelector, ...nodeSelector };
  const tolerated = withoutRedundant([...(spec.tolerations ?? []), ...tolerations]);
  return {
    ok: true,
    spec: {
      ...asked,
      ...(Object.keys(selector).length === 0 ? {} : { nodeSelector: selector }),
      ...(tolerated.length === 0 ? {} : { tolerations: tolerated }),
    },
  };
}

const unasked = 'Pod Overhead set without corresponding RuntimeClass defined Overhead';

const rejected = (why: string): Priority => ({ ok: false, why: `pod rejected: ${why}` });

/** Without those that another one covers; of equal ones the first stays. */
function withoutRedundant(all: readonly Toleration[]): readonly Toleration[] {
  const kept: Toleration[] = [];
  for (const [i, one] of all.entries()) {
    const isCovered =
      kept.some((other) => covers(other, one)) ||
      all.slice(i + 1).some((other) => !deepEqual(one, other) && covers(other, one));
    if (!isCovered) kept.push(one);
  }
  return kept;
}

function covers(wide: Toleration, narrow: Toleration): boolean {
  if (deepEqual(wide, narrow)) return true;
  const isAnyKey = !wide.key && wide.operator === 'Exists';
  if ((narrow.key ?? '') !== (wide.key ?? '') && !isAnyKey) return false;
  if (narrow.effect !== wide.effect && wide.effect) return false;
  if (wide.effect === 'NoExecute' && wide.tolerationSeconds !== undefined) {
    const { tolerationSeconds } = narrow;
    if (tolerationSeconds === undefined || tolerationSeconds > wide.tolerationSeconds) return false;
  }
  if (wide.operator === 'Exists') return true;
  return narrow.operator === 'Equal' && (narrow.value ?? '') === (wide.value ?? '');
}
