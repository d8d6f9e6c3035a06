/** Validation of projected volumes: several sources in one tree (upstream's validateProjectionSources). */

import { type Fields, listOf, mapping, textOf } from '../fields.ts';
import type { LabelSelector } from '../pod/podspec.ts';
import { signerErrors } from './domains.ts';
import { validateDownwardFile } from './downward.ts';
import { type Errors, forbidden, invalid, required } from './errors.ts';
import { validateLabelSelector } from './labelselector.ts';
import { validateLocalPath, validateMode } from './paths.ts';

const secondsMin = 600;
const secondsMax = 2 ** 32;

export function validateProjected(errors: Errors, source: Fields, at: string): void {
  validateMode(errors, source['defaultMode'], `${at}.defaultMode`);
  const taken = new Set<string>();
  const take = (path: string, shown: string): void => {
    if (taken.has(path)) errors.push(invalid(at, shown, 'conflicting duplicate paths'));
    taken.add(path);
  };
  listOf(source['sources']).forEach((one, i) => {
    const field = `${at}.sources[${i}]`;
    for (const kind of ['secret', 'configMap']) {
      if (one[kind] !== undefined) {
        validateKeys(errors, mapping(one[kind]), `${field}.${kind}`, take);
      }
    }
    for (const file of listOf(mapping(one['downwardAPI'])['items'])) {
      validateDownwardFile(errors, file, `${field}.downwardAPI`);
      const path = textOf(file['path']);
      if (path !== '') take(path, path);
    }
    if (one['serviceAccountToken'] !== undefined) {
      validateToken(errors, mapping(one['serviceAccountToken']), field, at);
    }
    if (one['clusterTrustBundle'] !== undefined) {
      const bundle = mapping(one['clusterTrustBundle']);
      validateBundle(errors, bundle, `${field}.clusterTrustBundle`);
      take(textOf(bundle['path']), textOf(bundle['path']));
    }
    if (Object.keys(one).length > 1) {
      errors.push(forbidden(field, 'may not specify more than 1 volume type per source'));
    }
  });
}

function validateKeys(
  errors: Errors,
  source: Fields,
  at: string,
  take: (path: string, shown: string) => void,
): void {
  const name = textOf(source['name']);
  if (name === '') errors.push(required(`${at}.name`));
  listOf(source['items']).forEach(({ key, path, mode }, i) => {
    const field = `${at}.items[${i}]`;
    const text = textOf(path);
    if (!key) errors.push(required(`${field}.key`));
    if (text === '') errors.push(required(`${field}.path`));
    validateLocalPath(errors, text, `${field}.path`);
    validateMode(errors, mode, `${field}.mode`);
    if (text !== '') take(text, name);
  });
}

/** Its path is blamed on the volume. */
function validateToken(errors: Errors, token: Fields, source: string, volume: string): void {
  const { expirationSeconds = 3600, path } = token;
  const seconds = Number(expirationSeconds);
  const field = `${source}.serviceAccountToken.expirationSeconds`;
  if (seconds < secondsMin) {
    errors.push(invalid(field, seconds, 'may not specify a duration less than 10 minutes'));
  }
  if (seconds > secondsMax) {
    errors.push(invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds'));
  }
  if (!path) errors.push(required(`${volume}.path`));
  else validateLocalPath(errors, textOf(path), `${volume}.path`);
}

function validateBundle(errors: Errors, bundle: Fields, at: string): void {
  const { name, signerName, labelSelector, path } = bundle;
  if (name !== undefined && signerName !== undefined) {
    errors.push(invalid(at, bundle, 'only one of name and signerName may be used'));
  } else if (name !== undefined) {
    if (name === '') errors.push(required(`${at}.name`, 'must be a valid object name'));
    if (labelSelector !== undefined) {
      const why = 'labelSelector must be unset if name is specified';
      errors.push(invalid(`${at}.labelSelector`, labelSelector, why));
    }
  } else if (signerName !== undefined) {
    const field = `${at}.signerName`;
    if (signerName === '') errors.push(required(field, 'must be a valid signer name'));
    errors.push(...signerErrors(field, textOf(signerName)));
    const selector = labelSelector as LabelSelector | undefined;
    validateLabelSelector(errors, selector, `${at}.labelSelector`);
  } else errors.push(required(at, 'either name or signerName must be specified'));
  if (!path) errors.push(required(`${at}.path`));
  validateLocalPath(errors, textOf(path), `${at}.path`);
}
