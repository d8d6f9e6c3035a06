/** Label selectors: the structured ones of the API, and the texts of kubectl and list requests. */
import type { Labels } from './meta.ts';
import type { LabelSelector, LabelSelectorRequirement } from './podspec.ts';

export type Matches = (labels: Labels | undefined) => boolean;

export type ParsedSelector =
  | { readonly ok: true; readonly matches: Matches; readonly requirements: readonly Requirement[] }
  | { readonly ok: false; readonly message: string };

export interface Requirement {
  readonly key: string;
  readonly operator: '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';
  readonly values: readonly string[];
}

const remembered = new WeakMap<LabelSelector, Matches>();
const nothing: Matches = () => false;

/** None matches nothing, an empty one everything. Remembered by identity of the selector. */
export function selectorOf(selector: LabelSelector | undefined): Matches {
  if (selector === undefined) return nothing;
  let matches = remembered.get(selector);
  if (matches === undefined) {
    matches = compile(selector);
    remembered.set(selector, matches);
  }
  return matches;
}

/** Whether the selector selects everything, as `{}` does. */
export const selectsEverything = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0;

function compile({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Matches {
  const pairs = Object.entries(matchLabels);
  return (labels = {}) => {
    for (const [key, value] of pairs) if (labels[key] !== value) return false;
    for (const expression of matchExpressions) if (!meets(expression, labels)) return false;
    return true;
  };
}

/** One requirement of `matchExpressions`, as node selectors have them too. */
export function meets(
  { key, operator, values = [] }: LabelSelectorRequirement,
  labels: Labels,
): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      if (value === undefined || values.length !== 1) return false;
      if (!integer.test(value) || !integer.test(values[0]!)) return false;
      const difference = BigInt(value) - BigInt(values[0]!);
      return operator === 'Gt' ? difference > 0n : difference < 0n;
    }
    default:
      return false;
  }
}

const integer = /^[+-]?\d+$/;

/** A selector as kubectl writes it: `app=web,tier in (a, b),!legacy`. */
export function parseSelector(text: string): ParsedSelector {
  try {
    const requirements = new Parser(text).parse();
    const matches: Matches = (labels = {}) => requirements.every((one) => holds(one, labels));
    return { ok: true, matches, requirements };
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, message: error.message };
    throw error;
  }
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '>':
      return meets({ key, operator: 'Gt', values }, labels);
    case '<':
      return meets({ key, operator: 'Lt', values }, labels);
  }
}

const token = /\s*(?:(==|!=|=|!|,|\(|\)|>|<)|([^\s=!,()<>]+))/y;

class Parser {
  readonly #tokens: { readonly text: string; readonly word: boolean }[] = [];
  #at = 0;

  constructor(text: string) {
    token.lastIndex = 0;
    const trimmed = text.trimEnd();
    while (token.lastIndex < trimmed.length) {
      const found = token.exec(trimmed);
      if (found === null) throw new SyntaxError(`unable to parse requirement: ${trimmed}`);
      this.#tokens.push({ text: found[1] ?? found[2]!, word: found[2] !== undefined });
    }
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    if (this.#tokens.length === 0) return requirements;
    for (;;) {
      requirements.push(this.#requirement());
      const next = this.#next();
      if (next === undefined) return requirements;
      if (next.text !== ',') throw found(next.text, "',' or 'end of string'");
      if (this.#tokens[this.#at] === undefined) throw found('', "identifier after ','");
    }
  }

  #requirement(): Requirement {
    const negated = this.#tokens[this.#at]?.text === '!';
    if (negated) this.#at += 1;
    const key = this.#next();
    if (key === undefined || !key.word) {
      if (negated) throw unexpected(key?.text ?? '', 'identifier');
      throw found(key?.text ?? '', "!, identifier, or 'end of string'");
    }
    if (!qualifiedName(key.text)) {
      throw new SyntaxError(
        `unable to parse requirement: <nil>: Invalid value: "${key.text}": ${nameRule}`,
      );
    }
    if (negated) return { key: key.text, operator: '!', values: [] };
    const operator = this.#tokens[this.#at];
    if (operator === undefined || operator.text === ',') {
      return { key: key.text, operator: 'exists', values: [] };
    }
    this.#at += 1;
    switch (operator.text) {
      case '=':
      case '==':
      case '!=':
        return { key: key.text, operator: operator.text, values: [this.#value()] };
      case '>':
      case '<':
        return { key: key.text, operator: operator.text, values: [this.#integer()] };
      case 'in':
      case 'notin':
        return { key: key.text, operator: operator.text, values: this.#values() };
      default:
        throw unexpected(operator.text, 'in, notin, =, ==, !=, gt, lt');
    }
  }

  #value(): string {
    const next = this.#tokens[this.#at];
    if (next === undefined || next.text === ',' || next.text === ')') return '';
    this.#at += 1;
    if (!next.word) throw unexpected(next.text, 'identifier');
    return next.text;
  }

  /** Comparisons are of integers. */
  #integer(): string {
    const value = this.#value();
    if (/^[+-]?\d+$/.test(value)) return value;
    const why = "for 'Gt', 'Lt' operators, the value must be an integer";
    throw new SyntaxError(
      `unable to parse requirement: values[0]: Invalid value: "${value}": ${why}`,
    );
  }

  #values(): readonly string[] {
    const open = this.#next();
    if (open?.text !== '(') throw unexpected(open?.text ?? '', "'('");
    const values: string[] = [];
    for (;;) {
      values.push(this.#value());
      const next = this.#next();
      if (next?.text === ')') return values;
      if (next?.text !== ',') throw unexpected(next?.text ?? '', "',' or ')'");
    }
  }

  #next() {
    return this.#tokens[this.#at++];
  }
}

const found = (text: string, expected: string): SyntaxError =>
  new SyntaxError(`found '${text}', expected: ${expected}`);

const unexpected = (found: string, expected: string): SyntaxError =>
  new SyntaxError(`unable to parse requirement: found '${found}', expected: ${expected}`);

const nameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const qualified =
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const qualifiedName = (text: string): boolean => qualified.test(text);
