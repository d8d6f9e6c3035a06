/** What an expression is told before it is used: whether it can be read, and whether it names only what there is. */
import { CelError, shownError } from './error.ts';
import { macros } from './functions.ts';
import { type Expression, parseCel } from './parse.ts';

const parsed = new Map<string, Expression>();
const rememberMax = 10_000;

/** Remembered by text. @throws CelError */
export function expressionOf(source: string): Expression {
  let expression = parsed.get(source);
  if (expression === undefined) {
    expression = parseCel(source);
    if (parsed.size >= rememberMax) parsed.clear();
    parsed.set(source, expression);
  }
  return expression;
}

const types = [
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
];

/**
 * Why an expression cannot be used, as cel-go says it; undefined if it can.
 *
 * @param names that the environment declares
 * @param structs types of which it can make objects, by how they begin
 */
export function problemOf(
  source: string,
  names: readonly string[],
  structs: readonly string[] = [],
): string | undefined {
  try {
    const expression = expressionOf(source);
    const problems: CelError[] = [];
    declared(expression, new Set([...names, ...types]), structs, problems);
    if (problems.length === 0) return undefined;
    return problems.map((one) => shownError(one, source)).join('\n');
  } catch (error) {
    if (error instanceof CelError) return shownError(error, source);
    throw error;
  }
}

function declared(
  expression: Expression,
  names: ReadonlySet<string>,
  structs: readonly string[],
  problems: CelError[],
): void {
  const inside = (one: Expression, more: readonly string[] = []): void =>
    declared(one, more.length === 0 ? names : new Set([...names, ...more]), structs, problems);
  const unknown = (name: string, at: number): void => {
    problems.push(new CelError(`undeclared reference to '${name}' (in container '')`, at));
  };
  switch (expression.type) {
    case 'literal':
      return;
    case 'name':
      if (!names.has(expression.name)) unknown(expression.name, expression.at);
      return;
    case 'list':
      for (const { value } of expression.items) inside(value);
      return;
    case 'map':
    case 'struct':
      if (expression.type === 'struct' && !structs.includes(expression.name.split('.')[0]!)) {
        unknown(expression.name, expression.at);
      }
      for (const { key, value } of expression.entries) {
        inside(key);
        inside(value);
      }
      return;
    case 'field':
    case 'unary':
      return inside(expression.of);
    case 'index':
      inside(expression.of);
      return inside(expression.index);
    case 'binary':
      inside(expression.left);
      return inside(expression.right);
    case 'choice':
      inside(expression.test);
      inside(expression.then);
      return inside(expression.otherwise);
    case 'call':
      return called(expression, inside);
  }
}

/** Variables of a macro are declared in its bodies. */
function called(
  { name, of, args }: Extract<Expression, { readonly type: 'call' }>,
  inside: (one: Expression, more?: readonly string[]) => void,
): void {
  if (of !== undefined) inside(of);
  const [first, second] = args;
  if (name === 'cel.bind' && first?.type === 'name') {
    if (second !== undefined) inside(second);
    for (const one of args.slice(2)) inside(one, [first.name]);
  } else if (of !== undefined && macros.has(name) && first?.type === 'name') {
    const isPair =
      second?.type === 'name' && args.length > 2 && name !== 'map' && name !== 'filter';
    const variables = [first.name, ...(isPair ? [second.name] : [])];
    for (const one of args.slice(isPair ? 2 : 1)) inside(one, variables);
  } else for (const one of args) inside(one);
}
