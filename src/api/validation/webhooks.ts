/** Validation of webhook configurations (upstream's pkg/apis/admissionregistration/validation). */

import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import type { LabelSelector } from '../pod/podspec.ts';
import { validateConditions } from './admissionpolicy.ts';
import { validateRuleWithOperations } from './admissionrules.ts';
import { fullyQualifiedErrors } from './domains.ts';
import { duplicate, type Errors, invalid, required, unsupported } from './errors.ts';
import { validateLabelSelector } from './labelselector.ts';
import { label1035Errors, subdomainErrors } from './names.ts';
import { portRange } from './ports.ts';

const reviewVersions = ['v1', 'v1beta1'];
const accepted = reviewVersions.join(', ');
const sideEffectFree = ['None', 'NoneOnDryRun'];

export function validateWebhooks(object: KubeObject & Fields, errors: Errors): void {
  const names = new Set<string>();
  listOf(object['webhooks']).forEach((hook, i) => {
    const at = `webhooks[${i}]`;
    validateWebhook(errors, hook, at);
    const versions = textsOf(hook['admissionReviewVersions']);
    const field = `${at}.admissionReviewVersions`;
    validateReviewVersions(errors, versions, field, `must specify one of ${accepted}`);
    const name = textOf(hook['name']);
    if (name === '') return;
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  });
}

/** What may stand in a field that says one of a few words, where it stands at all. */
function oneOf(errors: Errors, hook: Fields, at: string, name: string, words: string[]): void {
  const value = hook[name];
  if (value === undefined || words.includes(textOf(value))) return;
  errors.push(unsupported(`${at}.${name}`, value, words));
}

function validateWebhook(errors: Errors, hook: Fields, at: string): void {
  const { sideEffects, timeoutSeconds, clientConfig } = hook;
  errors.push(...fullyQualifiedErrors(`${at}.name`, textOf(hook['name'])));
  listOf(hook['rules']).forEach((rule, i) => {
    validateRuleWithOperations(errors, rule, `${at}.rules[${i}]`);
  });
  oneOf(errors, hook, at, 'failurePolicy', ['Fail', 'Ignore']);
  oneOf(errors, hook, at, 'matchPolicy', ['Equivalent', 'Exact']);
  if (sideEffects === undefined) {
    errors.push(required(`${at}.sideEffects`, `must specify one of ${sideEffectFree.join(', ')}`));
  }
  oneOf(errors, hook, at, 'sideEffects', sideEffectFree);
  if (typeof timeoutSeconds === 'number' && (timeoutSeconds > 30 || timeoutSeconds < 1)) {
    const why = 'the timeout value must be between 1 and 30 seconds';
    errors.push(invalid(`${at}.timeoutSeconds`, timeoutSeconds, why));
  }
  for (const name of ['namespaceSelector', 'objectSelector']) {
    validateLabelSelector(errors, hook[name] as LabelSelector | undefined, `${at}.${name}`);
  }
  oneOf(errors, hook, at, 'reinvocationPolicy', ['IfNeeded', 'Never']);
  validateClient(errors, mapping(clientConfig), `${at}.clientConfig`);
  validateConditions(errors, listOf(hook['matchConditions']), `${at}.matchConditions`);
}

/** Where a webhook is. */
export function validateClient(errors: Errors, { url, service }: Fields, at: string): void {
  if ((url === undefined) === (service === undefined)) {
    errors.push(required(at, 'exactly one of url or service is required'));
  } else if (url !== undefined) validateURL(errors, textOf(url), `${at}.url`);
  else validateService(errors, mapping(service), `${at}.service`);
}

const form = '; desired format: https://host[/path]';
const urlParts =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/;

function validateURL(errors: Errors, url: string, at: string): void {
  const [, scheme = '', user, host = '', query = '', fragment = ''] = urlParts.exec(url) ?? [];
  if (scheme.toLowerCase() !== 'https') {
    const why = `'https' is the only allowed URL scheme${form}`;
    errors.push(invalid(at, scheme.toLowerCase(), why));
  }
  if (host === '') errors.push(invalid(at, host, `host must be provided${form}`));
  if (user !== undefined) {
    errors.push(invalid(at, user, 'user information is not permitted in the URL'));
  }
  if (fragment !== '') {
    errors.push(invalid(at, fragment, 'fragments are not permitted in the URL'));
  }
  if (query !== '') {
    errors.push(invalid(at, query, 'query parameters are not permitted in the URL'));
  }
}

/** Upstream mixes up name and namespace here: each is missed where the other is. */
function validateService(errors: Errors, service: Fields, at: string): void {
  const { name, namespace, path, port = 443 } = service;
  if (!namespace) errors.push(required(`${at}.name`, 'service name is required'));
  if (!name) errors.push(required(`${at}.namespace`, 'service namespace is required'));
  if (!(Number(port) >= 1 && Number(port) <= 65_535)) {
    errors.push(invalid(`${at}.port`, port, `port is not valid: ${portRange}`));
  }
  const text = textOf(path);
  if (text === '' || text === '/') return;
  const field = `${at}.path`;
  if (text === '//') {
    errors.push(invalid(field, text, 'segment[0] may not be empty'));
    return;
  }
  if (!text.startsWith('/')) errors.push(invalid(field, text, "must start with a '/'"));
  const steps = text.slice(1).replace(/\/$/, '').split('/');
  steps.forEach((step, i) => {
    if (step === '') errors.push(invalid(field, text, `segment[${i}] may not be empty`));
    else {
      for (const error of subdomainErrors(step)) {
        errors.push(invalid(field, text, `segment[${i}]: ${error}`));
      }
    }
  });
}

/** @param missing what is said where there are none */
export function validateReviewVersions(
  errors: Errors,
  versions: readonly string[],
  at: string,
  missing = '',
): void {
  if (versions.length === 0) {
    errors.push(required(at, missing));
    return;
  }
  const seen = new Set<string>();
  versions.forEach((version, i) => {
    if (seen.has(version)) {
      errors.push(invalid(`${at}[${i}]`, version, 'duplicate version'));
      return;
    }
    seen.add(version);
    for (const error of label1035Errors(version)) {
      errors.push(invalid(`${at}[${i}]`, version, error));
    }
  });
  if (reviewVersions.some((version) => seen.has(version))) return;
  const why = `must include at least one of ${accepted}`;
  errors.push(invalid(at, versions, why));
}
