/** Validation of how the Pods of a set are spread (upstream's validateTopologySpreadConstraints). */
import type { PodSpec, TopologySpreadConstraint } from '../pod/podspec.ts';
import { duplicate, type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { validateLabelSelector } from './labelselector.ts';
import { qualifiedNameErrors } from './names.ts';

const actions = ['DoNotSchedule', 'ScheduleAnyway'];
const policies = ['Honor', 'Ignore'];
const positive = 'must be greater than zero';

export function validateSpread(
  errors: Errors,
  { topologySpreadConstraints: list = [] }: PodSpec,
  field: string,
): void {
  list.forEach((constraint, i) => {
    const { maxSkew = 0, topologyKey, whenUnsatisfiable: action = '', minDomains } = constraint;
    const at = `${field}[${i}]`;
    if (!(maxSkew > 0)) errors.push(invalid(`${at}.maxSkew`, maxSkew, positive));
    if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    if (!actions.includes(action)) {
      errors.push(unsupported(`${at}.whenUnsatisfiable`, action, actions));
    }
    // The first of two is told of, because another follows.
    const again = list
      .slice(i + 1)
      .some((one) => one.topologyKey === topologyKey && (one.whenUnsatisfiable ?? '') === action);
    if (again) {
      const pair = `{${topologyKey ?? ''}, ${action}}`;
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair));
    }
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(invalid(`${at}.minDomains`, minDomains, positive));
      if (action !== 'DoNotSchedule') {
        const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`;
        errors.push(invalid(`${at}.minDomains`, minDomains, why));
      }
    }
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[name];
      if (policy === undefined || policies.includes(policy)) continue;
      errors.push(unsupported(`${at}.${name}`, policy, policies));
    }
    validateKeys(errors, constraint, `${at}.matchLabelKeys`);
    validateLabelSelector(errors, constraint.labelSelector, `${at}.labelSelector`);
  });
}

function validateKeys(
  errors: Errors,
  { matchLabelKeys: keys = [], labelSelector }: TopologySpreadConstraint,
  at: string,
): void {
  if (keys.length === 0) return;
  if (labelSelector === undefined) {
    errors.push(forbidden(at, 'must not be specified when labelSelector is not set'));
  }
  // What the keys bring is in the selector by now: as an expression of one value each.
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  const twice = new Set<string>();
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    if (keys.includes(key) && seen.has(key)) twice.add(key);
    seen.add(key);
  }
  keys.forEach((key, i) => {
    for (const error of qualifiedNameErrors(key)) errors.push(invalid(`${at}[${i}]`, key, error));
    if (!twice.has(key)) return;
    const why = 'exists in both matchLabelKeys and labelSelector';
    errors.push(invalid(`${at}[${i}]`, key, why));
  });
}
