/** Go's text/template, as Stages use it: reads a template into a tree (`render.ts` fills it in). */

export class TemplateError extends Error {}

export type Operand =
  | { readonly type: 'literal'; readonly value: unknown }
  | { readonly type: 'dot' }
  | { readonly type: 'variable' | 'function'; readonly name: string }
  | { readonly type: 'group'; readonly pipe: Pipe }
  | { readonly type: 'field'; readonly of: Operand; readonly name: string };

/** A function, or one value, with its arguments. */
export type Call = readonly Operand[];

export interface Pipe {
  /** Variables that it sets: `$x :=`, or `$i, $x :=` of a range. */
  readonly sets: readonly string[];
  /** `:=`, and not `=`. */
  readonly declares: boolean;
  readonly calls: readonly Call[];
}

export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipe: Pipe }
  | {
      readonly type: 'if' | 'range' | 'with';
      readonly pipe: Pipe;
      readonly body: readonly Part[];
      readonly otherwise: readonly Part[];
    };

interface Token {
  readonly kind: 'literal' | 'dot' | 'field' | 'variable' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly value?: unknown;
  /** Nothing stands between it and what is before it. */
  readonly joined: boolean;
}

type Piece = { readonly text: string } | { readonly tokens: readonly Token[] };

/** @throws TemplateError */
export function parseTemplate(source: string): readonly Part[] {
  return new Parser(piecesOf(source.trim())).whole();
}

/** Texts and actions in turn; `{{-` and `-}}` take the space beside them away. */
function piecesOf(source: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trims = false;
  const action = /\{\{(- )?((?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?!\}\}|"|`)[\s\S])*?)(\s-)?\}\}/g;
  for (const found of source.matchAll(action)) {
    let text = source.slice(at, found.index);
    if (trims) text = text.trimStart();
    if (found[1] !== undefined) text = text.trimEnd();
    if (text !== '') pieces.push({ text });
    at = found.index + found[0].length;
    trims = found[3] !== undefined;
    const inner = found[2]!.trim();
    if (!inner.startsWith('/*')) pieces.push({ tokens: tokensOf(inner) });
  }
  const rest = source.slice(at);
  if (rest.includes('{{')) throw new TemplateError('unclosed action');
  pieces.push({ text: trims ? rest.trimStart() : rest });
  return pieces;
}

const pattern =
  /(\s*)(?:("(?:[^"\\]|\\.)*")|`([^`]*)`|(-?\d+(?:\.\d+)?)|(\$\w*)|\.([A-Za-z_]\w*)|(\.)|([A-Za-z_]\w*)|(:=|[=|(),]))/y;

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found === null) throw new TemplateError(`unexpected "${source.slice(at).trim()}"`);
    const [whole, space, string, raw, number, variable, field, dot, name, sign] = found;
    const joined = space === '' && at > 0;
    const token = (kind: Token['kind'], text: string, value?: unknown) =>
      tokens.push({ kind, text, value, joined });
    if (string !== undefined) token('literal', string, JSON.parse(string));
    else if (raw !== undefined) token('literal', raw, raw);
    else if (number !== undefined) token('literal', number, Number(number));
    else if (variable !== undefined) token('variable', variable);
    else if (field !== undefined) token('field', field);
    else if (dot !== undefined) token('dot', '.');
    else if (name !== undefined) token('name', name);
    else token('sign', sign!);
    at += whole.length;
  }
  return [...tokens, { kind: 'end', text: 'end of the action', joined: false }];
}

const words = new Set(['if', 'range', 'with', 'else', 'end']);
const constants: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null };

class Parser {
  readonly #pieces: readonly Piece[];
  #piece = 0;
  #tokens: readonly Token[] = [];
  #at = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  whole(): readonly Part[] {
    const { parts, ended } = this.#parts();
    if (ended !== undefined) throw new TemplateError(`unexpected {{${ended}}}`);
    return parts;
  }

  /** Up to `{{else}}`, `{{end}}`, or the end of the template. */
  #parts(): { readonly parts: readonly Part[]; readonly ended: 'else' | 'end' | undefined } {
    const parts: Part[] = [];
    while (this.#piece < this.#pieces.length) {
      const piece = this.#pieces[this.#piece++]!;
      if ('text' in piece) {
        parts.push({ type: 'text', text: piece.text });
        continue;
      }
      this.#tokens = piece.tokens;
      this.#at = 0;
      const word = this.#next.kind === 'name' && words.has(this.#next.text) && this.#next.text;
      if (word === 'else' || word === 'end') {
        this.#at += 1;
        return { parts, ended: word };
      }
      if (word === false) parts.push({ type: 'action', pipe: this.#wholePipe() });
      else parts.push(this.#block());
    }
    return { parts, ended: undefined };
  }

  /** `{{if …}} … {{else if …}} … {{end}}`; so for `with`. */
  #block(): Part {
    const type = this.#next.text as 'if' | 'range' | 'with';
    this.#at += 1;
    const pipe = this.#wholePipe();
    const { parts: body, ended } = this.#parts();
    if (ended === 'end') return { type, pipe, body, otherwise: [] };
    if (ended === undefined) throw new TemplateError(`{{${type}}} without {{end}}`);
    const { kind, text } = this.#next;
    if (kind === 'name' && (text === 'if' || text === 'with')) {
      return { type, pipe, body, otherwise: [this.#block()] };
    }
    const rest = this.#parts();
    if (rest.ended !== 'end') throw new TemplateError('{{else}} without {{end}}');
    return { type, pipe, body, otherwise: rest.parts };
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #unexpected(): TemplateError {
    return new TemplateError(`unexpected ${this.#next.text}`);
  }

  #wholePipe(): Pipe {
    const pipe = this.#pipe();
    if (this.#next.kind !== 'end') throw this.#unexpected();
    return pipe;
  }

  #pipe(): Pipe {
    const { sets, declares } = this.#sets();
    const calls: Call[] = [];
    do calls.push(this.#call());
    while (this.#take('|'));
    return { sets, declares, calls };
  }

  #sets(): { readonly sets: readonly string[]; readonly declares: boolean } {
    const start = this.#at;
    const sets: string[] = [];
    while (this.#next.kind === 'variable') {
      sets.push(this.#next.text);
      this.#at += 1;
      if (this.#take(':=')) return { sets, declares: true };
      if (this.#take('=')) return { sets, declares: false };
      if (!this.#take(',')) break;
    }
    this.#at = start;
    return { sets: [], declares: false };
  }

  #take(sign: string): boolean {
    if (this.#next.kind !== 'sign' || this.#next.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #call(): Call {
    const call: Operand[] = [];
    while (this.#next.kind !== 'end' && !this.#isSign('|', ')')) call.push(this.#operand());
    if (call.length === 0) throw this.#unexpected();
    return call;
  }

  #isSign(...signs: readonly string[]): boolean {
    return this.#next.kind === 'sign' && signs.includes(this.#next.text);
  }

  #operand(): Operand {
    let operand = this.#primary();
    while (this.#next.kind === 'field' && this.#next.joined) {
      operand = { type: 'field', of: operand, name: this.#next.text };
      this.#at += 1;
    }
    return operand;
  }

  #primary(): Operand {
    const token = this.#next;
    this.#at += 1;
    switch (token.kind) {
      case 'literal':
        return { type: 'literal', value: token.value };
      case 'dot':
        return { type: 'dot' };
      case 'field':
        return { type: 'field', of: { type: 'dot' }, name: token.text };
      case 'variable':
        return { type: 'variable', name: token.text };
      case 'name':
        return token.text in constants
          ? { type: 'literal', value: constants[token.text] }
          : { type: 'function', name: token.text };
      default: {
        if (token.text === '(' && token.kind === 'sign') {
          const pipe = this.#pipe();
          if (!this.#take(')')) throw this.#unexpected();
          return { type: 'group', pipe };
        }
        this.#at -= 1;
        throw this.#unexpected();
      }
    }
  }
}
