/** Validation of what asks for devices: claims, templates of them, and classes (upstream's pkg/apis/resource/validation). */
import { problemOf } from '../cel/check.ts';
import { semanticDeepEqual } from '../equal.ts';
import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { isObject } from '../patch/merge.ts';
import {
  duplicate,
  type Errors,
  invalid,
  invalidRaw,
  required,
  tooLong,
  tooMany,
  unsupported,
} from './errors.ts';
import { labelErrors, labelValueErrors, qualifiedNameErrors, subdomainErrors } from './names.ts';
import { validateDriver } from './volumesources.ts';

type Loose = KubeObject & Fields;

const listMax = 32;
const alternativesMax = 8;
const expressionMax = 10_240;
const modes = ['All', 'ExactCount'];
const effects = ['NoExecute', 'NoSchedule', 'None'];

function sized(errors: Errors, list: readonly unknown[], max: number, at: string): void {
  if (list.length > max) errors.push(tooMany(at, list.length, max));
}

function named(errors: Errors, name: string, at: string): void {
  for (const error of labelErrors(name)) errors.push(invalid(at, name, error));
}

/** A list in which every item has a name of its own. */
function validateNamed(
  errors: Errors,
  list: readonly Fields[],
  max: number,
  at: string,
  validate: (item: Fields, field: string) => void,
): void {
  sized(errors, list, max, at);
  const seen = new Set<string>();
  list.forEach((item, i) => {
    const field = `${at}[${i}]`;
    const name = textOf(item['name']);
    named(errors, name, `${field}.name`);
    validate(item, field);
    if (seen.has(name)) errors.push(duplicate(`${field}.name`, name));
    seen.add(name);
  });
}

export function validateClaimSpec(errors: Errors, spec: unknown, at: string): void {
  const { requests, constraints, config } = mapping(mapping(spec)['devices']);
  const field = `${at}.devices`;
  validateNamed(errors, listOf(requests), listMax, `${field}.requests`, (request, where) => {
    validateRequest(errors, request, where);
  });
  const known = namesOf(listOf(requests));
  sized(errors, listOf(constraints), listMax, `${field}.constraints`);
  listOf(constraints).forEach((constraint, i) => {
    validateConstraint(errors, constraint, known, `${field}.constraints[${i}]`);
  });
  sized(errors, listOf(config), listMax, `${field}.config`);
  listOf(config).forEach((one, i) => {
    const where = `${field}.config[${i}]`;
    validateReferences(errors, textsOf(one['requests']), known, `${where}.requests`);
    validateConfiguration(errors, one, where);
  });
}

/** Requests, and alternatives as `request/alternative`. */
const namesOf = (requests: readonly Fields[]): ReadonlySet<string> =>
  new Set(
    requests.flatMap(({ name, firstAvailable }) => [
      textOf(name),
      ...listOf(firstAvailable).map((one) => `${textOf(name)}/${textOf(one['name'])}`),
    ]),
  );

function validateRequest(errors: Errors, request: Fields, at: string): void {
  const { exactly, firstAvailable } = request;
  const alternatives = listOf(firstAvailable);
  const why = 'exactly one of `exactly` or `firstAvailable` is required';
  if (exactly === undefined && alternatives.length === 0) errors.push(required(at, why));
  else if (exactly !== undefined && alternatives.length > 0) {
    errors.push(invalid(at, null, `${why}, but multiple fields are set`));
  } else if (exactly !== undefined) validateWanted(errors, mapping(exactly), `${at}.exactly`);
  else {
    const field = `${at}.firstAvailable`;
    validateNamed(errors, alternatives, alternativesMax, field, (one, where) => {
      validateWanted(errors, one, where);
    });
  }
}

/** What devices are wanted, and how many. */
function validateWanted(errors: Errors, wanted: Fields, at: string): void {
  const name = textOf(wanted['deviceClassName']);
  const field = `${at}.deviceClassName`;
  if (name === '') errors.push(required(field));
  else for (const error of subdomainErrors(name)) errors.push(invalid(field, name, error));
  validateSelectors(errors, listOf(wanted['selectors']), `${at}.selectors`);
  const { allocationMode: mode } = wanted;
  const count = Number(wanted['count'] ?? 0);
  if (mode === 'All') {
    if (count !== 0) {
      const why = "must not be specified when allocationMode is 'All'";
      errors.push(invalid(`${at}.count`, count, why));
    }
  } else if (mode === 'ExactCount') {
    if (count <= 0) errors.push(invalid(`${at}.count`, count, 'must be greater than zero'));
  } else errors.push(unsupported(`${at}.allocationMode`, textOf(mode), modes));
  listOf(wanted['tolerations']).forEach((toleration, i) => {
    validateToleration(errors, toleration, `${at}.tolerations[${i}]`);
  });
}

function validateSelectors(errors: Errors, selectors: readonly Fields[], at: string): void {
  sized(errors, selectors, listMax, at);
  selectors.forEach(({ cel }, i) => {
    const field = `${at}[${i}].cel`;
    if (cel === undefined) {
      errors.push(required(field));
      return;
    }
    const expression = textOf(mapping(cel)['expression']);
    if (expression.length > expressionMax) {
      errors.push(tooLong(`${field}.expression`, expressionMax));
      return;
    }
    const why = problemOf(expression, ['device']);
    if (why === undefined) return;
    errors.push(invalid(`${field}.expression`, expression, `compilation failed: ${why}`));
  });
}

function validateToleration(errors: Errors, toleration: Fields, at: string): void {
  const { key, operator, value, effect } = toleration;
  for (const error of key ? qualifiedNameErrors(textOf(key)) : []) {
    errors.push(invalid(`${at}.key`, key, error));
  }
  if (operator === 'Exists') {
    if (value) errors.push(invalid(`${at}.value`, value, 'must be empty for operator `Exists`'));
  } else if (operator === 'Equal') {
    for (const error of labelValueErrors(textOf(value))) {
      errors.push(invalid(`${at}.value`, value, error));
    }
  } else if (!operator) errors.push(required(`${at}.operator`));
  else errors.push(unsupported(`${at}.operator`, operator, ['Equal', 'Exists']));
  if (!effect || effects.includes(textOf(effect))) return;
  errors.push(unsupported(`${at}.effect`, effect, effects));
}

const noRequest =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

function validateReferences(
  errors: Errors,
  references: readonly string[],
  known: ReadonlySet<string>,
  at: string,
): void {
  sized(errors, references, listMax, at);
  const seen = new Set<string>();
  references.forEach((reference, i) => {
    const field = `${at}[${i}]`;
    for (const part of reference.split('/')) named(errors, part, field);
    if (!known.has(reference)) errors.push(invalid(field, reference, noRequest));
    if (seen.has(reference)) errors.push(duplicate(field, reference));
    seen.add(reference);
  });
}

function validateConstraint(
  errors: Errors,
  { requests, matchAttribute, distinctAttribute }: Fields,
  known: ReadonlySet<string>,
  at: string,
): void {
  validateReferences(errors, textsOf(requests), known, `${at}.requests`);
  if (matchAttribute !== undefined) {
    validateAttribute(errors, textOf(matchAttribute), `${at}.matchAttribute`);
  } else if (distinctAttribute !== undefined) {
    validateAttribute(errors, textOf(distinctAttribute), `${at}.distinctAttribute`);
  } else errors.push(required(`${at}.matchAttribute`));
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
const identifierRule =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";

/** `domain/name` */
function validateAttribute(errors: Errors, attribute: string, at: string): void {
  const [domain = '', ...rest] = attribute.split('/');
  const name = rest.join('/');
  if (rest.length === 0) {
    errors.push(invalid(at, attribute, 'must include a domain'));
    return;
  }
  if (domain === '') errors.push(required(at, 'the domain must not be empty'));
  else for (const error of subdomainErrors(domain)) errors.push(invalid(at, domain, error));
  if (name === '') errors.push(required(at, 'the name must not be empty'));
  else if (!identifier.test(name)) errors.push(invalid(at, name, identifierRule));
}

/** What a driver is told of its devices. */
function validateConfiguration(errors: Errors, { opaque }: Fields, at: string): void {
  const field = `${at}.opaque`;
  if (opaque === undefined) {
    errors.push(required(field));
    return;
  }
  const { driver, parameters } = mapping(opaque);
  validateDriver(errors, driver, `${field}.driver`);
  if (parameters === undefined || parameters === null) errors.push(required(`${field}.parameters`));
  else if (!isObject(parameters)) {
    const why = 'parameters must be a valid JSON object';
    errors.push(invalidRaw(`${field}.parameters`, '"<value omitted>"', why));
  }
}

const immutable = 'field is immutable';

/** What is asked for never changes, and is not looked at again. */
export function validateResourceClaim({ spec }: Loose, errors: Errors, before?: Loose): void {
  if (before === undefined) validateClaimSpec(errors, spec, 'spec');
  else if (!semanticDeepEqual(spec, before.spec)) errors.push(invalid('spec', spec, immutable));
}

export function validateClaimTemplate({ spec }: Loose, errors: Errors, before?: Loose): void {
  if (before === undefined) validateClaimSpec(errors, mapping(spec)['spec'], 'spec.spec');
  else if (!semanticDeepEqual(spec, before.spec)) errors.push(invalid('spec', spec, immutable));
}

export function validateDeviceClass({ spec }: Loose, errors: Errors): void {
  const { selectors, config } = mapping(spec);
  validateSelectors(errors, listOf(selectors), 'spec.selectors');
  sized(errors, listOf(config), listMax, 'spec.config');
  listOf(config).forEach((one, i) => {
    validateConfiguration(errors, one, `spec.config[${i}]`);
  });
}
