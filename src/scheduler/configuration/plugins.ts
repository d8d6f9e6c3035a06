/**
 * `plugins` of a profile: the defaults, what the file enables and disables everywhere (`multiPoint`),
 * and at single extension points; in upstream's order of precedence.
 */
import { nearest } from '../../nearest.ts';
import { hasScores, type Plugin } from '../framework.ts';
import { type Enabled, type ExtensionPoint, pluginsMade, registry } from '../profile.ts';
import { Reader } from './fields.ts';

/** Points that do something here, and how a plugin shows that it has part in them. */
const methods = {
  preEnqueue: 'preEnqueue',
  preFilter: 'preFilter',
  filter: 'filter',
  preScore: 'preScore',
  score: 'score',
} as const satisfies Record<string, keyof Plugin>;

type Method = keyof typeof methods;

/** Points whose plugins cannot be chosen one by one: they follow from the others. */
const fixed = ['reserve', 'permit', 'preBind', 'postBind'];

const points = ['queueSort', ...Object.keys(methods), 'postFilter', 'bind', ...fixed, 'multiPoint'];

interface PluginSet {
  readonly enabled: readonly Enabled[];
  readonly disabled: ReadonlySet<string>;
  readonly where: string;
}

const at = (plugin: string, point: string): boolean => {
  if (point === 'postFilter') return ['DynamicResources', 'DefaultPreemption'].includes(plugin);
  if (point === 'queueSort') return plugin === 'PrioritySort';
  if (point === 'bind') return plugin === 'DefaultBinder';
  const made = pluginsMade().get(plugin);
  if (made === undefined) return false;
  return point === 'score' ? hasScores(made) : made[methods[point as Method]] !== undefined;
};

export function enabledOf(profile: Reader): Readonly<Record<ExtensionPoint, readonly Enabled[]>> {
  const plugins = new Reader(profile.raw('plugins'), points, profile.at('plugins'));
  const sets = new Map(points.map((point) => [point, setOf(plugins, point)]));
  const multiPoint = merged(sets.get('multiPoint')!);
  const chosen = (point: string) => expanded(sets.get(point)!, multiPoint, point);
  for (const point of fixed) {
    const { enabled, disabled, where } = sets.get(point)!;
    if (enabled.length + disabled.size > 0) {
      throw plugins.mistake(point, `cannot be chosen by itself (${where}); use multiPoint`);
    }
  }
  for (const [point, name] of [
    ['queueSort', 'PrioritySort'],
    ['bind', 'DefaultBinder'],
  ] as const) {
    if (chosen(point).length === 0) throw plugins.mistake(point, `a profile needs ${name}`);
  }
  for (const [before, after] of [
    ['preFilter', 'filter'],
    ['preScore', 'score'],
  ] as const) {
    const [first, second] = [before, after].map(
      (point) => new Set(chosen(point).map(({ name }) => name)),
    );
    for (const name of Object.keys(registry)) {
      if (!at(name, before) || !second!.has(name) || first!.has(name)) continue;
      throw plugins.mistake(before, `${name} cannot ${after} without it; enable both or none`);
    }
  }
  const scores = chosen('score').map((one) => ({
    name: one.name,
    weight: weightOf(one.name, sets.get('score')!, multiPoint),
  }));
  return {
    preEnqueue: chosen('preEnqueue'),
    preFilter: chosen('preFilter'),
    filter: chosen('filter'),
    postFilter: chosen('postFilter'),
    score: scores,
  };
}

function setOf(plugins: Reader, point: string): PluginSet {
  const one = new Reader(plugins.raw(point), ['enabled', 'disabled'], plugins.at(point));
  const enabled = (one.each('enabled', ['name', 'weight'], (item) => {
    const name = nameIn(item, false);
    if (point !== 'multiPoint' && !fixed.includes(point) && !at(name, point)) {
      throw item.mistake('name', `${name} has no part in ${point}`);
    }
    return { name, weight: item.integer('weight', 0) ?? 0 };
  }) ?? []) as readonly Enabled[];
  enabled.forEach(({ name }, i) => {
    if (enabled.findIndex((other) => other.name === name) === i) return;
    throw one.mistake('enabled', `plugin ${name} is already registered`);
  });
  const disabled = one.each('disabled', ['name', 'weight'], (item) => nameIn(item, true)) ?? [];
  return { enabled, disabled: new Set(disabled), where: one.where };
}

function nameIn(item: Reader, orAll: boolean): string {
  const name = item.text('name');
  if (name !== undefined && (name in registry || (orAll && name === '*'))) return name;
  const names = Object.keys(registry);
  const meant = name && nearest(name, names);
  const hint = meant ? `did you mean ${meant}?` : `known are ${names.join(', ')}`;
  throw item.mistake('name', `${name ?? 'is not set'}: no such plugin; ${hint}`);
}

/** The defaults without those that are disabled; what is enabled again takes its old place. */
function merged({ enabled, disabled }: PluginSet): readonly Enabled[] {
  const own = new Map(enabled.map((one) => [one.name, one]));
  const defaults = disabled.has('*')
    ? []
    : Object.entries(registry)
        .filter(([name]) => !disabled.has(name))
        .map(([name, { weight }]) => own.get(name) ?? { name, weight });
  const names = new Set(defaults.map(({ name }) => name));
  return [...defaults, ...enabled.filter(({ name }) => !names.has(name))];
}

/** Those that are named at a point and everywhere, those from everywhere, those only named there. */
function expanded(
  { enabled, disabled }: PluginSet,
  multiPoint: readonly Enabled[],
  point: string,
): readonly Enabled[] {
  const everywhere = disabled.has('*')
    ? []
    : multiPoint.filter(({ name }) => at(name, point) && !disabled.has(name));
  const has = (list: readonly Enabled[], name: string) => list.some((one) => one.name === name);
  return [
    ...enabled.filter(({ name }) => has(everywhere, name)),
    ...everywhere.filter(({ name }) => !has(enabled, name)),
    ...enabled.filter(({ name }) => !has(everywhere, name)),
  ];
}

/** As said at `score`, or else everywhere; 0 or nothing is 1. */
function weightOf(name: string, score: PluginSet, multiPoint: readonly Enabled[]): number {
  const said = [...score.enabled, ...multiPoint].find((one) => one.name === name);
  return said?.weight || 1;
}
