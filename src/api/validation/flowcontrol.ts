/** Validation of what keeps requests in their order: FlowSchemas and priority levels (pkg/apis/flowcontrol/validation). */
import { semanticDeepEqual } from '../equal.ts';
import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { duplicate, type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { labelErrors, subdomainErrors } from './names.ts';

type Loose = KubeObject & Fields;

const precedenceMax = 10_000;
const methods = ['ByNamespace', 'ByUser'];
const verbs = 'create delete deletecollection get list patch proxy update watch'.split(' ');

/** What every API server has, and nobody changes. */
const catchAll = {
  priorityLevelConfiguration: { name: 'catch-all' },
  matchingPrecedence: 10_000,
  distinguisherMethod: { type: 'ByUser' },
};
const exempt = { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 1 };
const mandatory: Readonly<Record<string, Fields>> = { 'catch-all': catchAll, exempt };

export function validateFlowSchema({ metadata, spec, status }: Loose, errors: Errors): void {
  const { rules, ...own } = mapping(spec);
  const precedence = Number(own['matchingPrecedence'] ?? 0);
  const at = 'spec.matchingPrecedence';
  if (precedence <= 0) errors.push(invalid(at, precedence, 'must be a positive value'));
  if (precedence > precedenceMax) {
    errors.push(invalid(at, precedence, `must not be greater than ${precedenceMax}`));
  }
  if (precedence === 1 && metadata.name !== 'exempt') {
    const why = "only the schema named 'exempt' may have matchingPrecedence 1";
    errors.push(invalid(at, precedence, why));
  }
  const { distinguisherMethod: method } = own;
  if (method !== undefined && !methods.includes(textOf(mapping(method)['type']))) {
    const shown = { Type: textOf(mapping(method)['type']) };
    errors.push(unsupported('spec.distinguisherMethod.type', shown, methods));
  }
  validateLevelName(errors, textOf(mapping(own['priorityLevelConfiguration'])['name']));
  listOf(rules).forEach((rule, i) => {
    validateRule(errors, rule, `spec.rules[${i}]`);
  });
  const fixed = mandatory[metadata.name];
  if (fixed !== undefined && !semanticDeepEqual(own, fixed)) {
    errors.push(invalid('spec', spec, `spec of '${metadata.name}' must equal the fixed value`));
  }
  validateConditions(errors, status);
}

function validateLevelName(errors: Errors, name: string): void {
  const at = 'spec.priorityLevelConfiguration.name';
  if (name === '') errors.push(required(at, 'must reference a priority level'));
  else for (const error of subdomainErrors(name)) errors.push(invalid(at, name, error));
}

function validateRule(errors: Errors, rule: Fields, at: string): void {
  const [subjects, resourceRules, nonResourceRules] = [
    listOf(rule['subjects']),
    listOf(rule['resourceRules']),
    listOf(rule['nonResourceRules']),
  ];
  subjects.forEach((subject, i) => {
    validateSubject(errors, subject, `${at}.subjects[${i}]`);
  });
  if (subjects.length === 0) {
    errors.push(required(`${at}.subjects`, 'subjects must contain at least one value'));
  }
  if (resourceRules.length + nonResourceRules.length === 0) {
    const why = 'at least one of resourceRules and nonResourceRules has to be non-empty';
    errors.push(required(at, why));
  }
  resourceRules.forEach((one, i) => {
    validateResources(errors, one, `${at}.resourceRules[${i}]`);
  });
  nonResourceRules.forEach((one, i) => {
    const field = `${at}.nonResourceRules[${i}]`;
    validateVerbs(errors, one, field);
    validateURLs(errors, textsOf(one['nonResourceURLs']), `${field}.nonResourceURLs`);
  });
}

/** The part that each kind of subject has. */
const partOf = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;

function validateSubject(errors: Errors, subject: Fields, at: string): void {
  const kind = textOf(subject['kind']) as keyof typeof partOf;
  const part = partOf[kind];
  if (part === undefined) {
    errors.push(unsupported(`${at}.kind`, kind, Object.keys(partOf).sort()));
    return;
  }
  const field = `${at}.${part}`;
  if (subject[part] === undefined) {
    errors.push(required(field, `${part} is required when subject kind is '${kind}'`));
  } else {
    const { name, namespace } = mapping(subject[part]);
    if (!name) errors.push(required(`${field}.name`));
    else if (kind === 'ServiceAccount' && name !== '*') {
      for (const error of subdomainErrors(textOf(name))) {
        errors.push(invalid(`${field}.name`, name, error));
      }
    }
    if (kind === 'ServiceAccount') validateNamespace(errors, textOf(namespace), field);
  }
  for (const [other, name] of Object.entries(partOf)) {
    if (name === part || subject[name] === undefined) continue;
    const why = `${name} is forbidden when subject kind is not '${other}'`;
    errors.push(forbidden(`${at}.${name}`, why));
  }
}

function validateNamespace(errors: Errors, namespace: string, at: string): void {
  const field = `${at}.namespace`;
  if (namespace === '') {
    errors.push(required(field, 'must specify namespace for service account'));
  } else {
    for (const error of labelErrors(namespace)) errors.push(invalid(field, namespace, error));
  }
}

/** Whether it is a star, and nothing else has to be looked at. */
function isStar(errors: Errors, list: readonly string[], at: string, others: string): boolean {
  if (!list.includes('*')) return false;
  if (list.length > 1) {
    errors.push(invalid(at, list, `if '*' is present, must not specify other ${others}`));
  }
  return true;
}

function validateVerbs(errors: Errors, rule: Fields, at: string): void {
  const list = textsOf(rule['verbs']);
  const field = `${at}.verbs`;
  if (list.length === 0) errors.push(required(field, 'verbs must contain at least one value'));
  else if (isStar(errors, list, field, 'verbs')) return;
  else if (!list.every((verb) => verbs.includes(verb))) {
    errors.push(unsupported(field, list, verbs));
  }
}

function validateResources(errors: Errors, rule: Fields, at: string): void {
  validateVerbs(errors, rule, at);
  for (const [name, one, many] of [
    ['apiGroups', 'api group', 'api groups'],
    ['resources', 'resource', 'resources'],
  ] as const) {
    const list = textsOf(rule[name]);
    const field = `${at}.${name}`;
    if (list.length > 0) isStar(errors, list, field, many);
    else errors.push(required(field, `resource rules must supply at least one ${one}`));
  }
  const namespaces = textsOf(rule['namespaces']);
  const field = `${at}.namespaces`;
  if (namespaces.length === 0 && rule['clusterScope'] !== true) {
    const why = 'resource rules that are not cluster scoped must supply at least one namespace';
    errors.push(required(field, why));
  } else if (!isStar(errors, namespaces, field, 'namespaces')) {
    namespaces.forEach((namespace, i) => {
      for (const error of labelErrors(namespace)) {
        const why = `each member of this list must be '*' or a DNS-1123 label; ${error}`;
        errors.push(invalid(`${field}[${i}]`, namespace, why));
      }
    });
  }
}

function validateURLs(errors: Errors, urls: readonly string[], at: string): void {
  if (urls.length === 0) {
    errors.push(required(at, 'nonResourceURLs must contain at least one value'));
  } else if (!isStar(errors, urls, at, 'non-resource URLs')) {
    urls.forEach((url, i) => {
      const why = urlProblem(url);
      if (why !== undefined) errors.push(invalid(`${at}[${i}]`, url, why));
    });
  }
}

function urlProblem(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const stars = url.split('*').length - 1;
  const isSuffix = stars === 0 || (stars === 1 && url.endsWith('/*'));
  return isSuffix ? undefined : 'wildcard can only do suffix matching';
}

function validateConditions(errors: Errors, status: unknown): void {
  const seen = new Set<string>();
  listOf(mapping(status)['conditions']).forEach((condition, i) => {
    const at = `status.conditions[${i}].type`;
    const type = textOf(condition['type']);
    if (seen.has(type)) errors.push(duplicate(at, type));
    seen.add(type);
    if (type === '') errors.push(required(at, 'must not be empty'));
  });
}

export function validateFlowControlStatus({ status }: Loose, errors: Errors): void {
  validateConditions(errors, status);
}

export function validatePriorityLevel({ metadata, spec, status }: Loose, errors: Errors): void {
  const { type, limited, exempt: own } = mapping(spec);
  if ((metadata.name === 'exempt') !== (type === 'Exempt')) {
    const why = "type must be 'Exempt' if and only if name is 'exempt'";
    errors.push(invalid('spec.type', textOf(type), why));
  }
  if (type === 'Exempt') {
    if (limited !== undefined) {
      errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
    }
    if (own === undefined) errors.push(required('spec.exempt', 'must not be empty'));
    else validateShares(errors, mapping(own), 'spec.exempt');
  } else if (type === 'Limited') {
    if (own !== undefined) {
      errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
    }
    if (limited === undefined) {
      errors.push(required('spec.limited', 'must not be empty when type is Limited'));
    } else validateLimited(errors, mapping(limited), 'spec.limited');
  } else errors.push(unsupported('spec.type', textOf(type), ['Exempt', 'Limited']));
  validateConditions(errors, status);
}

function validateShares(
  errors: Errors,
  { nominalConcurrencyShares: shares, lendablePercent: percent }: Fields,
  at: string,
): void {
  if (typeof shares === 'number' && shares < 0) {
    const why = 'must be a non-negative integer';
    errors.push(invalid(`${at}.nominalConcurrencyShares`, shares, why));
  }
  if (typeof percent === 'number' && (percent < 0 || percent > 100)) {
    const why = 'must be between 0 and 100, inclusive';
    errors.push(invalid(`${at}.lendablePercent`, percent, why));
  }
}

function validateLimited(errors: Errors, limited: Fields, at: string): void {
  const { limitResponse, borrowingLimitPercent: borrowed } = limited;
  const { type, queuing } = mapping(limitResponse);
  const shares = { nominalConcurrencyShares: limited['nominalConcurrencyShares'] };
  validateShares(errors, shares, at);
  const response = `${at}.limitResponse`;
  const field = `${response}.queuing`;
  if (type === 'Reject') {
    if (queuing !== undefined) {
      const why = 'must be nil if limited.limitResponse.type is not Limited';
      errors.push(forbidden(field, why));
    }
  } else if (type !== 'Queue') {
    errors.push(unsupported(`${response}.type`, textOf(type), ['Queue', 'Reject']));
  } else if (queuing === undefined) {
    const why = 'must not be empty if limited.limitResponse.type is Limited';
    errors.push(required(field, why));
  } else validateQueuing(errors, mapping(queuing), field);
  validateShares(errors, { lendablePercent: limited['lendablePercent'] }, at);
  if (typeof borrowed === 'number' && borrowed < 0) {
    const why = 'if specified, must be a non-negative integer';
    errors.push(invalid(`${at}.borrowingLimitPercent`, borrowed, why));
  }
}

const queuesMax = 10_000_000;
const bitsMax = 60;

/** A hand of queues is drawn by the bits of one hash. */
function validateQueuing(errors: Errors, queuing: Fields, at: string): void {
  const of = (name: string): number => Number(queuing[name] ?? 0);
  const [length, queues, hand] = [of('queueLengthLimit'), of('queues'), of('handSize')];
  const amiss = (name: string, value: number, why: string) =>
    errors.push(invalid(`${at}.${name}`, value, why));
  if (length <= 0) amiss('queueLengthLimit', length, 'must be positive');
  if (queues <= 0) amiss('queues', queues, 'must be positive');
  else if (queues > queuesMax) amiss('queues', queues, `must not be greater than ${queuesMax}`);
  if (hand <= 0) amiss('handSize', hand, 'must be positive');
  else if (hand > queues) {
    amiss('handSize', hand, `should not be greater than queues (${queues})`);
  } else if (Math.ceil(Math.log2(queues) * hand) > bitsMax) {
    const why = `required entropy bits of deckSize ${queues} and handSize ${hand} should not be greater than ${bitsMax}`;
    amiss('handSize', hand, why);
  }
}
