/** Validation of ResourceSlices: the devices that a driver has, and where (upstream's pkg/apis/resource/validation). */
import { type Fields, listOf, mapping, textOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { duplicate, type Errors, invalid, required, tooLong, tooMany } from './errors.ts';
import { labelErrors, subdomainErrors } from './names.ts';
import { validateDriver } from './volumesources.ts';

type Loose = KubeObject & Fields;

const poolNameMax = 253;
const devicesMax = 128;
const valuesMax = 32;
const places = ['nodeName', 'nodeSelector', 'allNodes', 'perDeviceNodeSelection'] as const;
const immutable = 'field is immutable';

export function validateResourceSlice({ spec }: Loose, errors: Errors, before?: Loose): void {
  const given = mapping(spec);
  validateDriver(errors, given['driver'], 'spec.driver');
  validatePool(errors, mapping(given['pool']), 'spec.pool');
  if (before !== undefined) validateFixed(errors, given, mapping(before.spec));
  validatePlace(errors, given);
  const devices = listOf(given['devices']);
  if (devices.length > devicesMax) {
    errors.push(tooMany('spec.devices', devices.length, devicesMax));
  }
  const seen = new Set<string>();
  devices.forEach((device, i) => {
    const at = `spec.devices[${i}]`;
    const name = textOf(device['name']);
    for (const error of labelErrors(name)) errors.push(invalid(`${at}.name`, name, error));
    validateAttributes(errors, device, at);
    if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    seen.add(name);
  });
}

function validatePool(errors: Errors, pool: Fields, at: string): void {
  const name = textOf(pool['name']);
  const [count, generation] = [pool['resourceSliceCount'], pool['generation']].map(Number);
  if (name === '') errors.push(required(`${at}.name`));
  else {
    if (name.length > poolNameMax) errors.push(tooLong(`${at}.name`, poolNameMax));
    for (const error of name.split('/').flatMap(subdomainErrors)) {
      errors.push(invalid(`${at}.name`, name, error));
    }
  }
  if (!(count! > 0)) {
    errors.push(invalid(`${at}.resourceSliceCount`, count, 'must be greater than zero'));
  }
  if (generation! < 0) {
    const why = 'must be greater than or equal to zero';
    errors.push(invalid(`${at}.generation`, generation, why));
  }
}

function validateFixed(errors: Errors, next: Fields, old: Fields): void {
  const poolOf = (spec: Fields): unknown => mapping(spec['pool'])['name'];
  for (const [field, is, was] of [
    ['spec.pool.name', poolOf(next), poolOf(old)],
    ['spec.driver', next['driver'], old['driver']],
    ['spec.nodeName', next['nodeName'], old['nodeName']],
  ] as const) {
    if (is !== was) errors.push(invalid(field, is, immutable));
  }
}

/** Devices are at one node, at some, at all, or each says where it is. */
function validatePlace(errors: Errors, spec: Fields): void {
  const { nodeName } = spec;
  if (nodeName === '') {
    const why = 'must be either unset or set to a non-empty string';
    errors.push(invalid('spec.nodeName', '', why));
  } else if (nodeName !== undefined) {
    for (const error of subdomainErrors(textOf(nodeName))) {
      errors.push(invalid('spec.nodeName', nodeName, error));
    }
  }
  const said = places.filter((place) => spec[place] !== undefined && spec[place] !== false);
  const why = `exactly one of ${places.map((place) => `\`${place}\``).join(', ')} is required`;
  if (said.length === 0) errors.push(required('spec', why));
  else if (said.length > 1) {
    const shown = `{${said.map((place) => `\`${place}\``).join(', ')}}`;
    errors.push(invalid('spec', shown, `${why}, but multiple fields are set`));
  }
}

const kinds = ['bool', 'int', 'string', 'version'];

/** Each attribute has one value, of one type. */
function validateAttributes(errors: Errors, device: Fields, at: string): void {
  const attributes = Object.entries(mapping(device['attributes']));
  const count = attributes.length + Object.keys(mapping(device['capacity'])).length;
  if (count > valuesMax) {
    const why = `the total number of attributes and capacities must not exceed ${valuesMax}`;
    errors.push(invalid(at, count, why));
  }
  for (const [name, value] of attributes) {
    const said = kinds.filter((kind) => mapping(value)[kind] !== undefined);
    const field = `${at}.attributes[${name}]`;
    if (said.length === 0) errors.push(required(field, 'exactly one value must be specified'));
    else if (said.length > 1) {
      errors.push(invalid(field, value, 'exactly one value must be specified'));
    }
  }
}
