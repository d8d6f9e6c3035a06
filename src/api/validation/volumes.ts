/** Validation of the volumes of a Pod (upstream's ValidateVolumes). */

import { type Fields, mapping } from '../fields.ts';
import type { PodSpec } from '../pod/podspec.ts';
import { duplicate, type Errors, forbidden, invalid, required } from './errors.ts';
import { labelErrors } from './names.ts';
import { podSources } from './volumesources.ts';

/** Those that are valid, by name. */
export type Volumes = ReadonlyMap<string, Fields>;

export function validateVolumes(errors: Errors, { volumes = [] }: PodSpec, field: string): Volumes {
  const known = new Map<string, Fields>();
  volumes.forEach((volume, i) => {
    const at = `${field}[${i}]`;
    const { name = '', ...sources } = volume;
    const before = errors.length;
    validateSources(errors, sources, at, name);
    if (name === '') errors.push(required(`${at}.name`));
    else for (const error of labelErrors(name)) errors.push(invalid(`${at}.name`, name, error));
    if (known.has(name)) errors.push(duplicate(`${at}.name`, name));
    if (errors.length === before) known.set(name, sources);
  });
  return known;
}

/** A volume is of one source. */
export function validateSources(
  errors: Errors,
  sources: Fields,
  at: string,
  name: string,
  known = podSources,
): void {
  let count = 0;
  for (const [kind, { rule, called = kind, asSecond = kind }] of Object.entries(known)) {
    if (sources[kind] === undefined) continue;
    count += 1;
    if (count === 1) rule(errors, mapping(sources[kind]), `${at}.${called}`, name);
    else errors.push(forbidden(`${at}.${asSecond}`, 'may not specify more than 1 volume type'));
  }
  if (count === 0) errors.push(required(at, 'must specify a volume type'));
}
