/** JSONPath as client-go reads it, without `range`: a text becomes the steps of a way through an object. */

export type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'all' }
  /** The value itself and everything in it that holds something. */
  | { readonly type: 'descend' }
  | {
      readonly type: 'slice';
      readonly start?: number;
      readonly end?: number;
      readonly step?: number;
    }
  /** One item: an index that is not there is an error, and -1 is the last. */
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'union'; readonly ways: readonly (readonly Step[])[] }
  | { readonly type: 'filter'; readonly left: readonly Step[]; readonly compare?: Comparison }
  /** A text, a number or a truth value in place of what was found so far. */
  | { readonly type: 'literal'; readonly value: string | number | boolean };

interface Comparison {
  readonly operator: string;
  readonly right: readonly Step[];
}

const quotedField = /^'([^']*)'$/;
const sliced = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const compared = /^([^!<>=]+)([!<>=]+)(.+?)$/;
const word = /[\p{L}\p{Nd}_]/u;
const fieldEnds = /[ \t\r\n.,[\]$@{}]/;

/** The steps of a path such as `.status.conditions[?(@.type=="Ready")].status`; undefined for what is none. */
export function parsePath(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length && text[at] !== '}') {
    const step = nextStep(text, at, steps.at(-1));
    if (step === undefined) return undefined;
    at = step.end;
    steps.push(...step.steps);
  }
  return steps;
}

interface Read {
  readonly steps: readonly Step[];
  readonly end: number;
}

function nextStep(text: string, at: number, previous: Step | undefined): Read | undefined {
  if (text.startsWith('[?(', at)) return filter(text, at + 3);
  if (text.startsWith('..', at)) {
    if (previous?.type === 'descend') return undefined;
    const descend: Read = { steps: [{ type: 'descend' }], end: at + 2 };
    if (!word.test(text[at + 2] ?? '')) return descend;
    const name = field(text, at + 2);
    return { steps: [...descend.steps, ...name.steps], end: name.end };
  }
  const char = text[at]!;
  if (char === ' ' || char === '@' || char === '$') return { steps: [], end: at + 1 };
  if (char === '[') return brackets(text, at + 1);
  if (char === '"' || char === "'") return quoted(text, at);
  if (char === '.') return field(text, at + 1);
  if (/[+\-\d]/.test(char)) return number(text, at);
  return truth(text, at);
}

function field(text: string, from: number): Read {
  let end = from;
  while (end < text.length && !fieldEnds.test(text[end]!)) end += text[end] === '\\' ? 2 : 1;
  const name = text.slice(from, end);
  const step: Step =
    name === '*' ? { type: 'all' } : { type: 'field', name: name.replaceAll('\\', '') };
  return { steps: [step], end };
}

function brackets(text: string, from: number): Read | undefined {
  const close = text.indexOf(']', from);
  if (close < 0) return undefined;
  const inside = text.slice(from, close);
  const steps = inside.includes(',') ? union(inside) : selection(inside);
  return steps && { steps, end: close + 1 };
}

function union(inside: string): readonly Step[] | undefined {
  const ways = inside.split(',').map((part) => parsePath(`[${part.trim()}]`));
  return ways.every((way) => way !== undefined) ? [{ type: 'union', ways }] : undefined;
}

function selection(inside: string): readonly Step[] | undefined {
  if (inside === '*') return [{ type: 'slice' }];
  const name = quotedField.exec(inside)?.[1];
  if (name !== undefined) return parsePath(`.${name}`);
  const [, start, end, step] = sliced.exec(inside) ?? [];
  if (start === undefined) return undefined;
  if (end === undefined)
    return start === '-' ? undefined : [{ type: 'index', index: Number(start) }];
  const bound = (digits: string): number | undefined =>
    digits === '' ? undefined : Number(digits);
  const bounds = {
    start: bound(start),
    end: bound(end.slice(1)),
    step: bound(step?.slice(1) ?? ''),
  };
  if (Object.values(bounds).some(Number.isNaN)) return undefined;
  const known = Object.entries(bounds).filter(([, value]) => value !== undefined);
  return [{ type: 'slice', ...Object.fromEntries(known) }];
}

/** Up to the bracket that is in no quoted text. */
function filter(text: string, from: number): Read | undefined {
  let end = from;
  let quote: string | undefined;
  for (; end < text.length; end++) {
    const char = text[end];
    if (quote === undefined && char === ')') break;
    if (char !== '"' && char !== "'") continue;
    if (quote === undefined) quote = char;
    else if (quote === char && text[end - 1] !== '\\') quote = undefined;
  }
  if (text.slice(end, end + 2) !== ')]') return undefined;
  const inside = text.slice(from, end);
  const [, leftText = inside, operator, rightText = ''] = compared.exec(inside) ?? [];
  const left = parsePath(leftText);
  const right = parsePath(rightText);
  if (left === undefined || right === undefined) return undefined;
  const compare = operator === undefined ? {} : { compare: { operator, right } };
  return { steps: [{ type: 'filter', left, ...compare }], end: end + 2 };
}

function quoted(text: string, from: number): Read | undefined {
  const quote = text[from]!;
  let end = from + 1;
  while (end < text.length && (text[end] !== quote || text[end - 1] === '\\')) end += 1;
  if (end >= text.length) return undefined;
  const value = text.slice(from + 1, end).replace(/\\(.)/g, '$1');
  return { steps: [{ type: 'literal', value }], end: end + 1 };
}

function number(text: string, from: number): Read | undefined {
  const [digits = ''] = /^[+-]?[\d.]*/.exec(text.slice(from)) ?? [];
  const value = Number(digits);
  return Number.isNaN(value)
    ? undefined
    : { steps: [{ type: 'literal', value }], end: from + digits.length };
}

/** Any other word is an instruction, such as `range`, that a single value has no use for. */
function truth(text: string, from: number): Read | undefined {
  const [found] = /^(true|false)(?=[ \t\r\n.,[\]$@{}]|$)/.exec(text.slice(from)) ?? [];
  if (found === undefined) return undefined;
  return { steps: [{ type: 'literal', value: found === 'true' }], end: from + found.length };
}
