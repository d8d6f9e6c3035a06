/** Parts of an object by the path that names them. */
import { isObject } from '../patch/merge.ts';
import { find } from './find.ts';
import { parsePath } from './parse.ts';

export { find } from './find.ts';
export { parsePath, type Step } from './parse.ts';

/** Everything that stands at the path, in order. */
export const valuesAt = (object: unknown, path: string): readonly unknown[] =>
  find(object, parsePath(path) ?? [{ type: 'union', ways: [] }]);

/** The object with a number at a simple path such as `.spec.replicas`. */
export function withValueAt<T>(object: T, path: string, value: unknown): T {
  const [name = '', ...rest] = path.split('.').filter((part) => part !== '');
  const part = isObject(object) ? object[name] : undefined;
  const next = rest.length === 0 ? value : withValueAt(part ?? {}, rest.join('.'), value);
  return { ...object, [name]: next };
}
