/** The language of the shell, as far as it goes: sequences, pipes, redirections, quotes, variables. */

export interface Part {
  readonly kind: 'text' | 'variable' | 'command';
  readonly text: string;
  readonly quoted: boolean;
}

export type Word = readonly Part[];

export interface Redirect {
  readonly from: 0 | 1 | 2;
  /** A file, or another of the three streams. */
  readonly to: Word | 1 | 2;
  readonly append: boolean;
}

export interface Command {
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}

export interface Step {
  readonly pipeline: readonly Command[];
  /** Runs whatever the last one did, or only if that went well, or badly. */
  readonly when: 'always' | 'success' | 'failure';
}

type Token =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'operator'; readonly text: string };

/** The steps of a script; a text says what is wrong with it. */
export function parse(script: string): readonly Step[] | string {
  const tokens = tokensOf(script);
  return typeof tokens === 'string' ? tokens : stepsOf(tokens);
}

const operator = /^(?:2>&1|1?>&2|&>|2>>|2>|1?>>|1?>|<|&&|\|\||;|\||&|\n|\(|\))/;
const blank = /^[ \t\r]+/;
const comment = /^#[^\n]*/;

function tokensOf(script: string): readonly Token[] | string {
  const tokens: Token[] = [];
  let rest = script;
  while (rest !== '') {
    const skipped = blank.exec(rest) ?? comment.exec(rest);
    const found = skipped === null ? operator.exec(rest) : null;
    if (skipped !== null) rest = rest.slice(skipped[0].length);
    else if (found !== null) {
      tokens.push({ kind: 'operator', text: found[0] });
      rest = rest.slice(found[0].length);
    } else {
      const read = wordIn(rest);
      if (typeof read === 'string') return read;
      tokens.push({ kind: 'word', word: read.word });
      rest = rest.slice(read.length);
    }
  }
  return tokens;
}

const unterminated = 'syntax error: unterminated quoted string';

interface WordRead {
  readonly word: Word;
  readonly length: number;
}

function wordIn(text: string): WordRead | string {
  const parts: Part[] = [];
  let at = 0;
  let isDouble = false;
  const literal = (piece: string, quoted: boolean) =>
    parts.push({ kind: 'text', text: piece, quoted });
  while (at < text.length) {
    const character = text[at]!;
    if (!isDouble && /[ \t\r\n;|&<>()]/.test(character)) break;
    if (character === "'" && !isDouble) {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return unterminated;
      literal(text.slice(at + 1, end), true);
      at = end + 1;
    } else if (character === '"') {
      isDouble = !isDouble;
      if (isDouble) literal('', true);
      at++;
    } else if (character === '\\' && at + 1 < text.length) {
      const next = text[at + 1]!;
      const isKept = isDouble && !/["\\$`\n]/.test(next);
      if (next !== '\n') literal(isKept ? `\\${next}` : next, true);
      at += 2;
    } else if (character === '$' || character === '`') {
      const found = expansionIn(text.slice(at), isDouble);
      if (found === undefined) return unterminated;
      parts.push(found.part);
      at += found.length;
    } else {
      literal(character, isDouble);
      at++;
    }
  }
  return isDouble ? unterminated : { word: joined(parts), length: at };
}

/** What begins with `$` or a backquote; undefined: it does not end. */
function expansionIn(text: string, quoted: boolean) {
  if (text[0] === '`') {
    const end = text.indexOf('`', 1);
    if (end < 0) return undefined;
    return {
      part: { kind: 'command', text: text.slice(1, end), quoted } as const,
      length: end + 1,
    };
  }
  if (text[1] === '(') {
    const end = closing(text, 1);
    if (end < 0) return undefined;
    return {
      part: { kind: 'command', text: text.slice(2, end), quoted } as const,
      length: end + 1,
    };
  }
  const [all, braced, named] = /^\$(?:\{(\w+)\}|(\w+|[?$#]))/.exec(text) ?? [];
  if (all === undefined) {
    return { part: { kind: 'text', text: '$', quoted: true } as const, length: 1 };
  }
  const part = { kind: 'variable', text: braced ?? named ?? '', quoted } as const;
  return { part, length: all.length };
}

/** Where the bracket that opens `at` is closed. */
function closing(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

function joined(parts: readonly Part[]): Word {
  const word: Part[] = [];
  for (const part of parts) {
    const last = word.at(-1);
    const isMore = last?.kind === 'text' && part.kind === 'text' && last.quoted === part.quoted;
    if (isMore) word[word.length - 1] = { ...last, text: last.text + part.text };
    else word.push(part);
  }
  return word;
}

const unexpected = (text: string): string =>
  `syntax error: unexpected ${text === '\n' ? 'newline' : `"${text}"`}`;

const unsupported = /^(if|then|else|elif|fi|for|while|until|do|done|case|esac|function|\{|\})$/;

function stepsOf(tokens: readonly Token[]): readonly Step[] | string {
  const steps: Step[] = [];
  let when: Step['when'] = 'always';
  let pipeline: Command[] = [];
  let words: Word[] = [];
  let redirects: Redirect[] = [];
  const isEmpty = () => words.length === 0 && redirects.length === 0;
  const endCommand = () => {
    if (!isEmpty()) pipeline.push({ words, redirects });
    words = [];
    redirects = [];
  };
  const endStep = () => {
    endCommand();
    if (pipeline.length > 0) steps.push({ pipeline, when });
    pipeline = [];
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.kind === 'word') {
      const [only] = token.word;
      const isReserved =
        words.length === 0 && only?.kind === 'text' && !only.quoted && unsupported.test(only.text);
      if (isReserved) return unexpected(only.text);
      words.push(token.word);
      continue;
    }
    const { text } = token;
    if (text === '2>&1') redirects.push({ from: 2, to: 1, append: false });
    else if (text.endsWith('>&2')) redirects.push({ from: 1, to: 2, append: false });
    else if (/[<>]/.test(text)) {
      const file = tokens[++i];
      if (file?.kind !== 'word') return unexpected(file?.text ?? '\n');
      const from = text === '<' ? 0 : text.startsWith('2') ? 2 : 1;
      redirects.push({ from, to: file.word, append: text.endsWith('>>') });
      if (text === '&>') redirects.push({ from: 2, to: 1, append: false });
    } else if (text === '(' || text === ')') return unexpected(text);
    else if (isEmpty() && text !== '\n') return unexpected(text);
    else if (text === '|') endCommand();
    else {
      const isAfterOperator = isEmpty() && when !== 'always';
      endStep();
      if (!isAfterOperator) when = text === '&&' ? 'success' : text === '||' ? 'failure' : 'always';
    }
  }
  endStep();
  return steps;
}
