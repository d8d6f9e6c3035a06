/** Label selectors as kubectl and list requests write them (k8s.io/apimachinery/pkg/labels, `Parser`). */
import { labelValueErrors, qualifiedNameErrors } from '../validation/names.ts';

export interface Requirement {
  readonly key: string;
  readonly operator: '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';
  /** Sorted, each once. */
  readonly values: readonly string[];
}

/**
 * The requirements of `app=web,tier in (a, b),!legacy`, in their order.
 *
 * @throws SyntaxError in the server's words.
 */
export function requirementsOf(text: string): readonly Requirement[] {
  return new Parser(text).parse();
}

/** Special symbols, longest first; all else up to one of them, or a blank, is a word. */
const token = /[ \t\r\n]*(?:(==|!=|[=!(),<>])|([^ \t\r\n=!(),<>]+))/y;

interface Token {
  readonly text: string;
  readonly isWord: boolean;
}

const end: Token = { text: '', isWord: false };

class Parser {
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(text: string) {
    token.lastIndex = 0;
    for (let found = token.exec(text); found !== null; found = token.exec(text)) {
      this.#tokens.push({ text: found[1] ?? found[2]!, isWord: found[2] !== undefined });
    }
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const first = this.#peek();
      if (first === end) return requirements;
      if (!first.isWord && first.text !== '!') {
        throw found(first, "!, identifier, or 'end of string'");
      }
      requirements.push(this.#requirement());
      const next = this.#next();
      if (next === end) return requirements;
      if (next.text !== ',') throw found(next, "',' or 'end of string'");
      const after = this.#peek();
      if (!after.isWord && after.text !== '!') throw found(after, "identifier after ','");
    }
  }

  #requirement(): Requirement {
    const isNegated = this.#peek().text === '!';
    if (isNegated) this.#next();
    const key = this.#next();
    if (!key.isWord) throw unable(found(key, 'identifier'));
    const errors = qualifiedNameErrors(key.text);
    if (errors.length > 0) throw unfit('<nil>', key.text, errors);
    if (isNegated) return { key: key.text, operator: '!', values: [] };
    const after = this.#peek();
    if (after === end || after.text === ',')
      return { key: key.text, operator: 'exists', values: [] };
    return this.#compared(key.text, this.#next());
  }

  #compared(key: string, operator: Token): Requirement {
    switch (operator.text) {
      case '=':
      case '==':
      case '!=':
        return checked({ key, operator: operator.text, values: [this.#value()] });
      case '>':
      case '<':
        return checked({ key, operator: operator.text, values: [this.#value()] });
      case 'in':
      case 'notin': {
        const values = [...new Set(this.#values())].sort();
        return checked({ key, operator: operator.text, values });
      }
      default:
        throw unable(found(operator, 'in, notin, =, ==, !=, gt, lt'));
    }
  }

  #value(): string {
    const next = this.#peek();
    if (next === end || next.text === ',') return '';
    this.#next();
    if (!next.isWord) throw unable(found(next, 'identifier'));
    return next.text;
  }

  /** `(a,b)`; where nothing stands between two commas, that is the empty value. */
  #values(): readonly string[] {
    const open = this.#next();
    if (open.text !== '(') throw unable(new SyntaxError(`found '${open.text}' expected: '('`));
    const first = this.#peek();
    if (first.text === ')') {
      this.#next();
      return [''];
    }
    if (!first.isWord && first.text !== ',') throw unable(found(first, "',', ')' or identifier"));
    const values: string[] = [];
    for (;;) {
      const next = this.#next();
      if (next.isWord) {
        values.push(next.text);
        const after = this.#peek();
        if (after.text !== ',' && after.text !== ')') throw unable(found(after, "',' or ')'"));
        if (after.text === ')') break;
      } else if (next.text === ',') {
        const after = this.#peek();
        if (values.length === 0 || after.text === ',' || after.text === ')') values.push('');
        if (after.text === ')') break;
      } else throw unable(found(next, "',', or identifier"));
    }
    this.#next();
    return values;
  }

  readonly #peek = (): Token => this.#tokens[this.#at] ?? end;

  #next(): Token {
    const next = this.#peek();
    this.#at += 1;
    return next;
  }
}

const found = ({ text }: Token, expected: string): SyntaxError =>
  new SyntaxError(`found '${text}', expected: ${expected}`);

const unable = ({ message }: SyntaxError): SyntaxError =>
  new SyntaxError(`unable to parse requirement: ${message}`);

const unfit = (where: string, value: string, errors: readonly string[]): SyntaxError =>
  unable(new SyntaxError(invalidValue(where, value, errors)));

const invalidValue = (where: string, value: string, errors: readonly string[]): string =>
  `${where}: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`;

/** Comparisons are of integers, and values are those that labels may have. */
function checked(requirement: Requirement): Requirement {
  const { key, operator, values } = requirement;
  const mistakes: string[] = [];
  if ((operator === '>' || operator === '<') && int64Of(values[0]!) === undefined) {
    const why = "for 'Gt', 'Lt' operators, the value must be an integer";
    mistakes.push(invalidValue('values[0]', values[0]!, [why]));
  }
  for (const [i, value] of values.entries()) {
    const errors = labelValueErrors(value);
    if (errors.length > 0) mistakes.push(invalidValue(`values[${i}][${key}]`, value, errors));
  }
  if (mistakes.length === 0) return requirement;
  const whole = mistakes.length === 1 ? mistakes[0]! : `[${mistakes.join(', ')}]`;
  throw unable(new SyntaxError(whole));
}

/** The whole number that a text is, if it fits into 64 bits. */
export function int64Of(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const number = BigInt(text);
  return BigInt.asIntN(64, number) === number ? number : undefined;
}
