/**
 * What keeps an applied value from being read by its type: an undeclared field, a value of another shape,
 * items without their keys or twice (upstream's structured-merge-diff, `typed/validate.go`).
 */
import { goText } from '../patch/gotext.ts';
import { isObject } from '../patch/merge.ts';
import { type FieldType, fieldsOfType } from '../structure.ts';
import { edgeOfItem, freeType } from './typed.ts';

/** In upstream's words, all there are; undefined if the value can be read. */
export function appliedProblem(value: unknown, type: FieldType): string | undefined {
  const problems = problemsIn(value, type, '');
  if (problems.length < 2) return problems[0];
  return ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n');
}

function problemsIn(value: unknown, type: FieldType, path: string): readonly string[] {
  if (value === null || value === undefined) return [];
  const { ref, map, items } = type;
  const fields = fieldsOfType(type);
  if (fields !== undefined) {
    const otherwise = type.preserveUnknown === true ? freeType : undefined;
    return ofMap(value, (name) => (Object.hasOwn(fields, name) ? fields[name] : otherwise), path);
  }
  if (ref !== undefined) return [];
  if (map !== undefined) return ofMap(value, () => map, path);
  if (items !== undefined) return ofList(value, items, type, path);
  const expected = scalarProblem(value, type);
  return expected === undefined ? [] : [`${path}: ${expected}`];
}

function ofMap(
  value: unknown,
  typeOfField: (name: string) => FieldType | undefined,
  path: string,
): readonly string[] {
  if (!isObject(value)) return [`${path}: expected map, got ${shown(value)}`];
  const problems: string[] = [];
  for (const [name, part] of Object.entries(value)) {
    const type = typeOfField(name);
    if (type === undefined) return [...problems, `${path}.${name}: field not declared in schema`];
    problems.push(...problemsIn(part, type, `${path}.${name}`));
  }
  return problems;
}

function ofList(
  value: unknown,
  items: FieldType,
  { listType, listMapKeys = [] }: FieldType,
  path: string,
): readonly string[] {
  if (!Array.isArray(value)) return [`${path}: expected list, got ${shown(value)}`];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    let place = String(i);
    if (listType === 'map' || listType === 'set') {
      const missing = listType === 'map' ? keyProblem(item, items, listMapKeys) : setProblem(item);
      if (missing !== undefined) return [...problems, `${path}: element ${i}: ${missing}`];
      place = listType === 'map' ? keysText(item, items, listMapKeys) : `=${JSON.stringify(item)}`;
      if (seen.has(place)) problems.push(`${path}: duplicate entries for key [${place}]`);
      seen.add(place);
    }
    problems.push(...problemsIn(item, items, `${path}[${place}]`));
  }
  return problems;
}

function keyProblem(item: unknown, type: FieldType, keys: readonly string[]): string | undefined {
  const what = 'associative list with keys';
  if (item === null) return `${what} may not have a null element`;
  if (!isObject(item)) return `${what} may not have non-map elements`;
  const fields = fieldsOfType(type) ?? {};
  const missing = keys.find((key) => item[key] === undefined && fields[key]?.default === undefined);
  return missing === undefined
    ? undefined
    : `${what} has an element that omits key field "${missing}" (and doesn't have default value)`;
}

function setProblem(item: unknown): string | undefined {
  const what = 'associative list without keys has an element that';
  if (item === null) return `${what}'s an explicit null`;
  if (Array.isArray(item)) return 'not supported: associative list with lists as elements';
  return isObject(item) ? `${what}'s a map type` : undefined;
}

/** `containerPort=80,protocol="TCP"` */
const keysText = (item: unknown, type: FieldType, keys: readonly string[]): string =>
  Object.entries(JSON.parse(edgeOfItem(item, type, keys).slice(2)) as Record<string, unknown>)
    .map(([name, part]) => `${name}=${JSON.stringify(part)}`)
    .join(',');

function scalarProblem(value: unknown, { type, intOrString }: FieldType): string | undefined {
  if (intOrString === true) return undefined;
  switch (type) {
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goText(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${shown(value)}`;
    case 'integer':
    case 'number':
      return typeof value === 'number'
        ? undefined
        : `expected numeric (int or float), got ${goTypeOf(value)}`;
    default:
      return undefined;
  }
}

/** As Go prints a value of the library's own type. */
const shown = (value: unknown): string => `&{${goText(value)}}`;

function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return isObject(value) ? 'map[string]interface {}' : 'string';
}
