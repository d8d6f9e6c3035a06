/** Whether the rules of a schema name only fields that it has: what cel-go finds by its types before it evaluates anything. */
import { expressionOf } from '../cel/check.ts';
import { CelError, shownError } from '../cel/error.ts';
import { plainName } from '../cel/evaluate.ts';
import { macros } from '../cel/functions.ts';
import type { Expression } from '../cel/parse.ts';
import { preserves, type Schema } from './schema.ts';

/** What a name stands for; undefined where it may be anything. */
type Known = ReadonlyMap<string, Schema | undefined>;

const text: Schema = { type: 'string' };

/** Every object has these, and of its metadata no more. */
const always: Readonly<Record<string, Schema>> = {
  apiVersion: text,
  kind: text,
  metadata: { type: 'object', properties: { name: text, generateName: text } },
};

/**
 * @param isRoot the schema is of the whole object
 * @param mayLackOld `oldSelf` is something that may be missing
 */
export function fieldProblem(
  source: string,
  schema: Schema,
  isRoot: boolean,
  mayLackOld: boolean,
): string | undefined {
  const whole = isRoot ? withAlways(schema) : schema;
  const problems: CelError[] = [];
  infer(
    expressionOf(source),
    new Map([
      ['self', whole],
      ['oldSelf', mayLackOld ? undefined : whole],
    ]),
    problems,
  );
  if (problems.length === 0) return undefined;
  return problems.map((one) => shownError(one, source)).join('\n');
}

const withAlways = (schema: Schema): Schema => ({
  ...schema,
  properties: { ...schema.properties, ...always },
});

/** Only objects that name their fields say which there are not. */
const isClosed = (schema: Schema): boolean =>
  schema.type === 'object' &&
  schema.properties !== undefined &&
  schema.additionalProperties === undefined &&
  !preserves(schema) &&
  schema['x-kubernetes-embedded-resource'] !== true;

/** The schema of a value, where it is known. */
function infer(expression: Expression, known: Known, problems: CelError[]): Schema | undefined {
  const inside = (one: Expression, more: Known = known) => infer(one, more, problems);
  switch (expression.type) {
    case 'literal':
      return undefined;
    case 'name':
      return known.get(expression.name);
    case 'list':
      for (const { value } of expression.items) inside(value);
      return undefined;
    case 'map':
    case 'struct':
      for (const { key, value } of expression.entries) {
        inside(key);
        inside(value);
      }
      return undefined;
    case 'field': {
      const found = fieldIn(inside(expression.of), expression, problems);
      return expression.optional ? undefined : found;
    }
    case 'index': {
      const of = inside(expression.of);
      inside(expression.index);
      if (of === undefined || expression.optional) return undefined;
      return of.type === 'array' ? of.items : ofMap(of);
    }
    case 'unary':
      inside(expression.of);
      return undefined;
    case 'binary':
      inside(expression.left);
      inside(expression.right);
      return undefined;
    case 'choice':
      inside(expression.test);
      inside(expression.then);
      inside(expression.otherwise);
      return undefined;
    case 'call':
      return called(expression, known, problems);
  }
}

function fieldIn(
  of: Schema | undefined,
  { name, at }: Extract<Expression, { readonly type: 'field' }>,
  problems: CelError[],
): Schema | undefined {
  if (of === undefined) return undefined;
  const plain = plainName(name);
  const { properties = {} } = of;
  if (Object.hasOwn(properties, plain)) return properties[plain];
  if (isClosed(of)) problems.push(new CelError(`undefined field '${name}'`, at));
  return ofMap(of);
}

const ofMap = ({ additionalProperties }: Schema): Schema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

/** Variables of a macro stand for the items of a list, or for the keys and values of a map. */
function called(
  { name, of, args }: Extract<Expression, { readonly type: 'call' }>,
  known: Known,
  problems: CelError[],
): Schema | undefined {
  const owner = of === undefined ? undefined : infer(of, known, problems);
  const [first, second, ...bodies] = args;
  if (name === 'cel.bind' && first?.type === 'name' && second !== undefined) {
    const value = infer(second, known, problems);
    const more = new Map([...known, [first.name, value]]);
    for (const body of bodies) infer(body, more, problems);
    return undefined;
  }
  if (of === undefined || !macros.has(name) || first?.type !== 'name') {
    for (const one of args) infer(one, known, problems);
    return undefined;
  }
  const isList = owner?.type === 'array';
  const isPair = second?.type === 'name' && args.length > 2 && name !== 'map' && name !== 'filter';
  const value = isList ? owner.items : owner === undefined ? undefined : ofMap(owner);
  const own: [string, Schema | undefined][] = isPair
    ? [
        [first.name, isList ? undefined : text],
        [second.name, value],
      ]
    : [[first.name, isList ? value : undefined]];
  const more = new Map([...known, ...own]);
  for (const body of args.slice(isPair ? 2 : 1)) infer(body, more, problems);
  return name === 'filter' && isList ? owner : undefined;
}
