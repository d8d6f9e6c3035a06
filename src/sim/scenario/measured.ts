/** The steps of a scenario that say what is measured: `usage` of containers, and any `metric`. */
import type { Labels } from '../../api/meta.ts';
import { parseQuantity } from '../../api/quantity.ts';
import { parseSelector } from '../../api/selectors/selectors.ts';
import { UsageError } from '../../errors.ts';
import type { MetricValueSpec, UsageSpec } from '../metrics.ts';
import { type Fields, fieldsOf, text } from './fields.ts';

const usageFields = ['namespace', 'selector', 'container', 'cpu', 'memory', 'shared'];

export function parseUsage(body: unknown, where: string): UsageSpec {
  const fields = fieldsOf(body, usageFields, where);
  const [cpu, memory] = [amount(fields, 'cpu', where), amount(fields, 'memory', where)];
  if (cpu === undefined && memory === undefined) {
    throw new UsageError(`${where}: cpu or memory must say how much is used`);
  }
  const selector = selectorOf(fields, where);
  if (selector === undefined) throw new UsageError(`${where}: selector must say which Pods use it`);
  return {
    ...named(fields, ['namespace', 'container'], where),
    ...shared(fields, where),
    selector,
    ...some({ cpu, memory }),
  };
}

const metricFields = ['name', 'namespace', 'value', 'selector', 'shared', 'object', 'labels'];

export function parseMetric(body: unknown, where: string): MetricValueSpec {
  const fields = fieldsOf(body, metricFields, where);
  const name = text(fields, 'name', where);
  const value = amount(fields, 'value', where);
  if (name === undefined) throw new UsageError(`${where}: name is not set`);
  if (value === undefined) throw new UsageError(`${where}: value is not set; none takes it away`);
  const { object, labels } = fields;
  const selector = selectorOf(fields, where);
  if ([object, labels, selector].filter((one) => one !== undefined).length > 1) {
    throw new UsageError(`${where}: only one of selector, object and labels says what it is of`);
  }
  if (object !== undefined && !/^\w+\/\S+$/.test(String(object))) {
    throw new UsageError(`${where}: object must be KIND/NAME, not ${JSON.stringify(object)}`);
  }
  return {
    name,
    value,
    ...named(fields, ['namespace', 'object'], where),
    ...shared(fields, where),
    ...some({ selector }),
    ...(labels === undefined ? {} : { labels: labels as Labels }),
  };
}

/** A quantity, or `none`. */
function amount(fields: Fields, name: string, where: string): string | undefined {
  const given = text(fields, name, where);
  if (given === undefined || given === 'none' || parseQuantity(given) !== undefined) return given;
  throw new UsageError(`${where}: ${name} must be a quantity such as 300m, or none, not ${given}`);
}

function selectorOf(fields: Fields, where: string): string | undefined {
  const given = text(fields, 'selector', where);
  const parsed = given === undefined ? undefined : parseSelector(given);
  if (parsed?.ok === false) throw new UsageError(`${where}: selector: ${parsed.message}`);
  return given;
}

function shared(fields: Fields, where: string): { shared?: boolean } {
  const given = fields['shared'];
  if (given === undefined || typeof given === 'boolean') return some({ shared: given });
  throw new UsageError(`${where}: shared must be true or false`);
}

const named = (fields: Fields, names: readonly string[], where: string) =>
  some(Object.fromEntries(names.map((name) => [name, text(fields, name, where)])));

/** Only what is said. */
const some = <T>(fields: Readonly<Record<string, T | undefined>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, T] => entry[1] !== undefined),
  );
