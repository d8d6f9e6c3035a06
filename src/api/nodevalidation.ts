/** What Nodes must look like: distinct taints, and addresses that are given once (api-06). */
import type { FieldError } from './kind.ts';
import type { Node, Taint } from './node.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './validation/errors.ts';
import { labelValueErrors, qualifiedNameErrors } from './validation/names.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Upstream looks for taints in the wrong place: the path says `metadata`. */
export function validateNode({ spec: { taints = [] } }: Node): readonly FieldError[] {
  const errors: Errors = [];
  const seen = new Set<string>();
  taints.forEach((taint, i) => {
    const at = `metadata.taints[${i}]`;
    const { key, value = '', effect } = taint;
    if (!key) errors.push(required(`${at}.key`));
    for (const error of qualifiedNameErrors(key ?? '')) errors.push(invalid(at, key ?? '', error));
    for (const error of labelValueErrors(value)) errors.push(invalid(at, value, error));
    if (!effect) errors.push(required(`${at}.effect`));
    else if (!effects.includes(effect)) {
      errors.push(unsupported(`${at}.effect`, effect, effects));
    }
    const id = `${key}/${effect}`;
    if (seen.has(id)) errors.push(duplicateTaint(at, taint));
    seen.add(id);
  });
  return errors;
}

function duplicateTaint(field: string, { key, value = '', effect }: Taint): FieldError {
  const shown = JSON.stringify({ Key: key, Value: value, Effect: effect, TimeAdded: null });
  return {
    reason: 'FieldValueDuplicate',
    field,
    message: `Duplicate value: ${shown}: taints must be unique by key and effect pair`,
  };
}

export function validateNodeUpdate(next: Node, current: Node): readonly FieldError[] {
  const errors: Errors = [...validateNode(next)];
  const { podCIDRs: before = [], providerID: id } = current.spec;
  const { podCIDRs = [], providerID } = next.spec;
  const sameCIDRs =
    podCIDRs.length === before.length && podCIDRs.every((cidr, i) => cidr === before[i]);
  if (before.length > 0 && !sameCIDRs) {
    const detail = 'node updates may not change podCIDR except from "" to valid';
    errors.push(forbidden('spec.podCIDRs', detail));
  }
  if (id !== undefined && providerID !== id) {
    const detail = 'node updates may not change providerID except from "" to valid';
    errors.push(forbidden('spec.providerID', detail));
  }
  return errors;
}
