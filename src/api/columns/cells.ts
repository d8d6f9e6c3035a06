/** What tables of kinds without types show of an object. */
import { mapping } from '../fields.ts';
import { type Cell, type Column, column } from './column.ts';

export const size = (value: unknown): number =>
  Array.isArray(value) ? value.length : Object.keys(mapping(value)).length;

/** What stands at `spec.scope`, whatever it is; undefined where nothing does. */
export const at = (object: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => mapping(value)[name], object);

export const cell = (name: string, path: string, otherwise: Cell = '<none>'): Column =>
  column(name, (object) => {
    const value = at(object, path);
    return value === undefined || value === null || value === '' ? otherwise : (value as Cell);
  });
