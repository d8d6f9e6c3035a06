/** Validation of what CSI drivers say of themselves: what they can, where they are, what room they have (pkg/apis/storage/validation). */
import { deepEqual, semanticDeepEqual } from '../equal.ts';
import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import type { LabelSelector } from '../pod/podspec.ts';
import { parseQuantity } from '../quantity.ts';
import {
  duplicate,
  type Errors,
  forbidden,
  invalid,
  nonNegative,
  required,
  unsupported,
} from './errors.ts';
import { validateLabelSelector } from './labelselector.ts';
import { qualifiedNameErrors, subdomainErrors } from './names.ts';
import { quantityText } from './resourcenames.ts';
import { validateDriver } from './volumesources.ts';

type Loose = KubeObject & Fields;

const groupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType'];
const lifecycles = ['Persistent', 'Ephemeral'];
const secondsMin = 600;
const secondsMax = 2 ** 32;
const updateSecondsMin = 10;
const immutable = 'field is immutable';

export function validateCsiDriver(driver: Loose, errors: Errors, before?: Loose): void {
  const spec = mapping(driver.spec);
  validateDriver(errors, driver.metadata.name, 'name');
  const policy = textOf(spec['fsGroupPolicy']);
  if (!groupPolicies.includes(policy)) {
    errors.push(unsupported('spec.fsGroupPolicy', policy, groupPolicies));
  }
  const requests = listOf(spec['tokenRequests']);
  validateTokenRequests(errors, requests, 'spec.tokenRequests');
  for (const mode of textsOf(spec['volumeLifecycleModes'])) {
    if (lifecycles.includes(mode)) continue;
    errors.push(unsupported('spec.volumeLifecycleModes', mode, lifecycles));
  }
  const { nodeAllocatableUpdatePeriodSeconds: seconds } = spec;
  if (typeof seconds === 'number' && seconds < updateSecondsMin) {
    const why = `must be greater than or equal to ${updateSecondsMin} seconds`;
    errors.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', seconds, why));
  }
  if (spec['serviceAccountTokenInSecrets'] !== undefined && requests.length === 0) {
    const why = 'must be unset when tokenRequests is empty';
    errors.push(forbidden('spec.serviceAccountTokenInSecrets', why));
  }
  if (before === undefined) return;
  const was = mapping(before.spec);
  for (const [name, field] of [
    ['attachRequired', 'attachedRequired'],
    ['volumeLifecycleModes', 'volumeLifecycleModes'],
  ] as const) {
    if (deepEqual(spec[name], was[name])) continue;
    errors.push(invalid(`spec.${field}`, spec[name], immutable));
  }
}

function validateTokenRequests(errors: Errors, requests: readonly Fields[], at: string): void {
  const seen = new Set<string>();
  requests.forEach(({ audience, expirationSeconds: seconds }, i) => {
    const name = textOf(audience);
    if (seen.has(name)) {
      errors.push(duplicate(`${at}[${i}].audience`, name));
      return;
    }
    seen.add(name);
    if (typeof seconds !== 'number') return;
    const field = `${at}[${i}].expirationSeconds`;
    if (seconds < secondsMin) {
      errors.push(invalid(field, seconds, 'may not specify a duration less than 10 minutes'));
    }
    if (seconds > secondsMax) {
      errors.push(invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds'));
    }
  });
}

const nodeIdMax = 192;

export function validateCsiNode(node: Loose, errors: Errors, before?: Loose): void {
  const drivers = listOf(mapping(node.spec)['drivers']);
  const seen = new Set<string>();
  drivers.forEach((driver, i) => {
    const at = `spec.drivers[${i}]`;
    const [name, nodeId] = [textOf(driver['name']), textOf(driver['nodeID'])];
    validateDriver(errors, name, `${at}.name`);
    if (nodeId === '') errors.push(required(`${at}.nodeID`));
    if (nodeId.length > nodeIdMax) {
      errors.push(invalid(`${at}.nodeID`, nodeId, `must be ${nodeIdMax} characters or less`));
    }
    const { count } = mapping(driver['allocatable']);
    nonNegative(errors, `${at}.allocatable.count`, count as number | undefined);
    if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    seen.add(name);
    validateTopologyKeys(errors, textsOf(driver['topologyKeys']), at);
  });
  for (const old of before === undefined ? [] : listOf(mapping(before.spec)['drivers'])) {
    const next = drivers.find(({ name }) => name === old['name']);
    if (next === undefined || semanticDeepEqual(fixedPart(next), fixedPart(old))) continue;
    errors.push(invalid('CSINodeDriver', next, immutable));
  }
}

/** How many volumes a driver can attach may change. */
const fixedPart = ({ allocatable: _count, ...driver }: Fields): Fields => driver;

function validateTopologyKeys(errors: Errors, keys: readonly string[], at: string): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (key === '') errors.push(required(at));
    if (seen.has(key)) errors.push(duplicate(at, key));
    seen.add(key);
    for (const error of qualifiedNameErrors(key)) errors.push(invalid(at, keys, error));
  }
}

export function validateStorageCapacity(capacity: Loose, errors: Errors, before?: Loose): void {
  const { nodeTopology, storageClassName } = capacity;
  validateLabelSelector(errors, nodeTopology as LabelSelector | undefined, 'nodeTopology');
  const name = textOf(storageClassName);
  for (const error of subdomainErrors(name)) errors.push(invalid('storageClassName', name, error));
  for (const field of ['capacity', 'maximumVolumeSize']) {
    const amount = textOf(capacity[field]);
    if ((parseQuantity(amount)?.nanos ?? 0n) >= 0n) continue;
    errors.push(invalid(field, quantityText(amount), 'must be greater than or equal to 0'));
  }
  if (before === undefined) return;
  for (const field of ['nodeTopology', 'storageClassName']) {
    if (semanticDeepEqual(capacity[field], before[field])) continue;
    errors.push(invalid(field, capacity[field], immutable));
  }
}
