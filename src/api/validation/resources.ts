/** Validation of what is asked for and at most given (upstream's validateResourceRequirements). */
import { compareQuantities, parseQuantity } from '../quantity.ts';
import { duplicate, type Errors, forbidden, invalid, required } from './errors.ts';
import { labelErrors } from './names.ts';
import {
  isHugePages,
  mayOvercommit,
  quantityText,
  validateAmount,
  validateContainerResource,
} from './resourcenames.ts';

type Texts = Readonly<Record<string, string>>;

interface Requirements {
  readonly limits?: Texts;
  readonly requests?: Texts;
  readonly claims?: readonly { readonly name?: string; readonly request?: string }[];
}

/** Names are taken in order: upstream has them in that of a hash table. */
const inOrder = (texts: Texts): readonly (readonly [string, string])[] =>
  Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));

/**
 * @param named what is wrong with the name of a resource
 * @param claims names of the claims of the Pod
 */
export function validateRequirements(
  errors: Errors,
  { limits = {}, requests = {}, claims = [] }: Requirements,
  at: string,
  named = validateContainerResource,
  known: ReadonlySet<string> = new Set(),
): void {
  for (const [name, text] of inOrder(limits)) {
    validateOne(errors, name, text, `${at}.limits[${name}]`, named);
  }
  for (const [name, text] of inOrder(requests)) {
    const field = `${at}.requests[${name}]`;
    named(errors, name, field);
    validateAmount(errors, name, text, field);
    validateAgainst(errors, name, text, limits[name], at);
    validatePages(errors, name, text, field);
  }
  const all = [...Object.keys(limits), ...Object.keys(requests)];
  if (all.some(isHugePages) && !all.includes('cpu') && !all.includes('memory')) {
    errors.push(forbidden(at, 'HugePages require cpu or memory'));
  }
  validateClaims(errors, claims, known, `${at}.claims`);
}

function validateOne(
  errors: Errors,
  name: string,
  text: string,
  field: string,
  named: typeof validateContainerResource,
): void {
  named(errors, name, field);
  validateAmount(errors, name, text, field);
  validatePages(errors, name, text, field);
}

function validatePages(errors: Errors, name: string, text: string, field: string): void {
  if (!isHugePages(name)) return;
  const size = parseQuantity(name.slice('hugepages-'.length))?.nanos ?? 0n;
  const amount = parseQuantity(text)?.nanos ?? 0n;
  if (size > 0n && amount % size === 0n) return;
  const why = `${quantityText(text)} is not positive integer multiple of ${name}`;
  errors.push(invalid(field, quantityText(text), why));
}

function validateAgainst(
  errors: Errors,
  name: string,
  request: string,
  limit: string | undefined,
  at: string,
): void {
  if (limit === undefined) {
    if (mayOvercommit(name)) return;
    const why = 'Limit must be set for non overcommitable resources';
    errors.push(required(`${at}.limits`, why));
    return;
  }
  const [asked, most] = [parseQuantity(request), parseQuantity(limit)];
  if (asked === undefined || most === undefined) return;
  const order = compareQuantities(asked, most);
  const shown = `${name} limit of ${quantityText(limit)}`;
  const field = `${at}.requests`;
  if (order !== 0 && !mayOvercommit(name)) {
    errors.push(invalid(field, quantityText(request), `must be equal to ${shown}`));
  } else if (order > 0) {
    errors.push(invalid(field, quantityText(request), `must be less than or equal to ${shown}`));
  }
}

function validateClaims(
  errors: Errors,
  claims: NonNullable<Requirements['claims']>,
  known: ReadonlySet<string>,
  field: string,
): void {
  const seen = new Set<string>();
  claims.forEach(({ name = '', request = '' }, i) => {
    const at = `${field}[${i}]`;
    if (name === '') {
      errors.push(required(at));
      return;
    }
    if (seen.has(name)) errors.push(duplicate(at, name));
    else {
      if (request !== '') {
        for (const error of labelErrors(request)) {
          errors.push(invalid(`${at}.request`, request, error));
        }
      }
      const key = request === '' ? name : `${name}/${request}`;
      if (seen.has(key)) errors.push(duplicate(at, key));
      else if (request === '' && [...seen].some((one) => one.startsWith(`${name}/`))) {
        errors.push(duplicate(at, name));
      }
      seen.add(key);
    }
    if (known.has(name)) return;
    const names = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`;
    const why = `must be one of the names in pod.spec.resourceClaims${names}`;
    errors.push({
      reason: 'FieldValueNotFound',
      field: at,
      message: `Not found: ${JSON.stringify(name)}: ${why}`,
    });
  });
}
