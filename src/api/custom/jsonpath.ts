/** The paths that definitions name parts of an object by: `.status.conditions[?(@.type=="Ready")].status`. */
import { isObject } from '../patch/merge.ts';

type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'all' }
  | { readonly type: 'filter'; readonly path: readonly string[]; readonly value: string };

const token =
  /\.([A-Za-z0-9_$\-/\\.]+?)(?=[.[]|$)|\[(\d+)\]|\[(\*)\]|\['([^']+)'\]|\[\?\(@((?:\.[\w-]+)+)\s*==\s*["']?([^"')]*)["']?\)\]|(\.\*)/gy;

/** The steps of a path; undefined where it is none that is understood. */
function stepsOf(path: string): readonly Step[] | undefined {
  const text = path.replace(/^\{?\$?/, '').replace(/\}$/, '');
  const steps: Step[] = [];
  token.lastIndex = 0;
  let end = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    end = token.lastIndex;
    const [, name, index, all, quoted, filter, value, each] = found;
    if (name !== undefined) steps.push({ type: 'field', name: name.replaceAll('\\.', '.') });
    else if (index !== undefined) steps.push({ type: 'index', index: Number(index) });
    else if (quoted !== undefined) steps.push({ type: 'field', name: quoted });
    else if (filter !== undefined) {
      steps.push({ type: 'filter', path: filter.slice(1).split('.'), value: value ?? '' });
    } else if (all !== undefined || each !== undefined) steps.push({ type: 'all' });
  }
  return end === text.length && steps.length > 0 ? steps : undefined;
}

export const isPath = (path: string): boolean => stepsOf(path) !== undefined;

/** Everything that stands at the path, in order. */
export function valuesAt(object: unknown, path: string): readonly unknown[] {
  let values: readonly unknown[] = [object];
  for (const step of stepsOf(path) ?? [{ type: 'index' as const, index: -1 }]) {
    values = values.flatMap((value) => inside(value, step)).filter((value) => value !== undefined);
  }
  return values;
}

function inside(value: unknown, step: Step): readonly unknown[] {
  const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  switch (step.type) {
    case 'field':
      return isObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case 'index':
      return Array.isArray(value) ? [value[step.index]] : [];
    case 'all':
      return items;
    case 'filter':
      return items.filter((item) => String(fieldAt(item, step.path)) === step.value);
  }
}

const fieldAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((part, name) => (isObject(part) ? part[name] : undefined), value);

/** The object with a number at a simple path such as `.spec.replicas`. */
export function withValueAt<T>(object: T, path: string, value: unknown): T {
  const [name = '', ...rest] = path.split('.').filter((part) => part !== '');
  const part = isObject(object) ? object[name] : undefined;
  const next = rest.length === 0 ? value : withValueAt(part ?? {}, rest.join('.'), value);
  return { ...object, [name]: next };
}
