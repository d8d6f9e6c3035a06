/** What Nodes must look like: distinct taints, and addresses that are given once (api-06). */
import type { FieldError } from '../kind.ts';
import type { Node, Taint } from '../node.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { parseCIDR, validateCIDR } from './ip.ts';
import { labelValueErrors, qualifiedNameErrors } from './names.ts';
import { validateAmount } from './resourcenames.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateNode(node: Node): readonly FieldError[] {
  const errors: Errors = [];
  validateTaints(errors, node);
  validateResources(errors, node);
  validateRanges(errors, node.spec.podCIDRs ?? []);
  return errors;
}

/** Upstream says of them that they are in `metadata`. */
function validateTaints(errors: Errors, { spec: { taints = [] } }: Node): void {
  const seen = new Set<string>();
  taints.forEach((taint, i) => {
    const at = `metadata.taints[${i}]`;
    const { key = '', value = '', effect } = taint;
    for (const error of qualifiedNameErrors(key)) errors.push(invalid(`${at}.key`, key, error));
    const wrong = labelValueErrors(value);
    if (wrong.length > 0) errors.push(invalid(`${at}.value`, value, wrong.join(';')));
    if (!effect) errors.push(required(`${at}.effect`));
    else if (!effects.includes(effect)) {
      errors.push(unsupported(`${at}.effect`, effect, effects));
    }
    const id = `${key}/${effect}`;
    if (seen.has(id)) errors.push(duplicateTaint(at, taint));
    seen.add(id);
  });
}

function validateResources(errors: Errors, { status }: Node): void {
  for (const list of ['capacity', 'allocatable'] as const) {
    for (const [name, amount] of Object.entries(status[list] ?? {}).sort(byName)) {
      validateAmount(errors, name, amount, `status.${list}.${name}`);
    }
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

function validateRanges(errors: Errors, ranges: readonly string[]): void {
  const at = 'spec.podCIDRs';
  ranges.forEach((range, i) => {
    validateCIDR(errors, `${at}[${i}]`, range);
  });
  if (ranges.length < 2) return;
  const families = new Set(ranges.map((range) => parseCIDR(range)?.address.bits));
  if (ranges.length === 2 && families.size === 2) return;
  errors.push(invalid(at, ranges, 'may specify no more than one CIDR for each IP family'));
}

function duplicateTaint(field: string, { key, value = '', effect }: Taint): FieldError {
  const shown = JSON.stringify({ Key: key, Value: value, Effect: effect, TimeAdded: null });
  return {
    reason: 'FieldValueDuplicate',
    field,
    message: `Duplicate value: ${shown}: taints must be unique by key and effect pair`,
  };
}

export const validateNodeUpdate = (next: Node, current: Node): readonly FieldError[] => [
  ...validateNode(next),
  ...validateNodeStatusUpdate(next, current),
];

/** What is asked of every update, of its status too. */
export function validateNodeStatusUpdate(next: Node, current: Node): readonly FieldError[] {
  const errors: Errors = [];
  validateResources(errors, next);
  validateAddresses(errors, next);
  const { podCIDRs: before = [], providerID: id } = current.spec;
  const { podCIDRs = [], providerID } = next.spec;
  const detail = (field: string): string =>
    `node updates may not change ${field} except from "" to valid`;
  const changes =
    podCIDRs.length === before.length
      ? before.filter((cidr, i) => cidr !== podCIDRs[i]).length
      : Math.min(1, before.length);
  for (let i = 0; i < changes; i++) {
    errors.push(forbidden('spec.podCIDRs', detail('podCIDR')));
  }
  if (id && providerID !== id) errors.push(forbidden('spec.providerID', detail('providerID')));
  validateTaints(errors, next);
  return errors;
}

function validateAddresses(errors: Errors, { status: { addresses = [] } }: Node): void {
  const seen = new Set<string>();
  addresses.forEach(({ type, address }, i) => {
    const text = JSON.stringify({ Type: type, Address: address });
    if (seen.has(text)) {
      const field = `status.addresses[${i}]`;
      const message = `Duplicate value: ${text}`;
      errors.push({ reason: 'FieldValueDuplicate', field, message });
    }
    seen.add(text);
  });
}
