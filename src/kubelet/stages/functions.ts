/** What templates of Stages may call: Go's built-in functions, some of sprig, and KWOK's own. */
import { stringify } from 'yaml';
import { deepEqual } from '../../api/equal.ts';
import { version } from '../../version.ts';
import { type Functions, isTrue, shown } from './render.ts';
import { TemplateError } from './template.ts';

/** What a template is told of the cluster; names as KWOK has them. */
export interface StageWorld {
  /** RFC 3339. */
  readonly now: string;
  readonly startTime: string;
  nodeIP(node: string): string;
  podIP(node: string, isHostNetwork: boolean, uid: string, name: string, namespace: string): string;
  /** Of the node that a template is about. */
  readonly nodeName: string;
  readonly nodePort: number;
}

type List = readonly unknown[];

const text = (value: unknown): string => (typeof value === 'string' ? value : shown(value));
const number = (value: unknown): number => Number(value ?? 0);

/** A constant and an untyped nothing never differ by an error, but by being different. */
const isEqual = (a: unknown, b: unknown): boolean => deepEqual(a ?? null, b ?? null);

function compare(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) throw new TemplateError('incompatible types for comparison');
  return (a as string) < (b as string) ? -1 : isEqual(a, b) ? 0 : 1;
}

function index(value: unknown, ...keys: List): unknown {
  let found = value;
  for (const key of keys) {
    if (found === null || found === undefined) {
      throw new TemplateError('index of untyped nil');
    }
    if (Array.isArray(found)) {
      const place = number(key);
      if (place < 0 || place >= found.length) {
        throw new TemplateError(`index out of range: ${place}`);
      }
      found = found[place];
    } else if (typeof found === 'object') {
      found = Object.hasOwn(found, String(key))
        ? (found as Record<string, unknown>)[String(key)]
        : undefined;
    } else throw new TemplateError(`can't index item of type ${typeof found}`);
  }
  return found;
}

function length(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new TemplateError('len of untyped nil');
}

/** The verbs that make sense with plain data. */
function printf(format: unknown, ...args: List): string {
  let place = 0;
  return text(format).replace(/%(0?)(\d*)([svdqt%])/g, (_, zero: string, width: string, verb) => {
    if (verb === '%') return '%';
    const value = args[place++];
    const plain = verb === 'q' ? JSON.stringify(text(value)) : text(value);
    return plain.padStart(Number(width || 0), zero === '' ? ' ' : '0');
  });
}

/** KWOK quotes what JSON has without quotes. */
function quote(value: unknown): string {
  const json = JSON.stringify(value ?? null);
  return json.startsWith('"') ? json : JSON.stringify(json);
}

const indented = (value: unknown, spaces: number): string =>
  text(value).replaceAll(/^/gm, ' '.repeat(spaces));

function yaml(value: unknown, indent: unknown = 0): string {
  const plain = stringify(value ?? null, { lineWidth: 0 });
  const levels = number(indent);
  return levels > 0 ? `\n${plain}`.replaceAll('\n', `\n${'  '.repeat(levels)}`) : plain;
}

const builtIn: Functions = {
  not: (value) => !isTrue(value),
  eq: (first, ...others) => others.some((other) => isEqual(first, other)),
  ne: (a, b) => !isEqual(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  len: length,
  index,
  print: (...args) => args.map(text).join(''),
  printf,
  println: (...args) => `${args.map(text).join(' ')}\n`,
};

/** Of sprig, what templates of status need. */
const sprig: Functions = {
  default: (otherwise, value) => (isTrue(value) ? value : otherwise),
  coalesce: (...values) => values.find(isTrue),
  empty: (value) => !isTrue(value),
  ternary: (yes, no, condition) => (isTrue(condition) ? yes : no),
  dict: (...pairs) =>
    Object.fromEntries(pairs.flatMap((key, i) => (i % 2 === 0 ? [[text(key), pairs[i + 1]]] : []))),
  list: (...values) => values,
  get: (mapping, key) => index(mapping, key),
  hasKey: (mapping, key) => Object.hasOwn(mapping as object, text(key)),
  first: (list) => (list as List)[0],
  last: (list) => (list as List).at(-1),
  join: (separator, list) => (list as List).map(text).join(text(separator)),
  quote: (...values) => values.map((value) => JSON.stringify(text(value))).join(' '),
  squote: (...values) => values.map((value) => `'${text(value)}'`).join(' '),
  toString: text,
  toJson: (value) => JSON.stringify(value ?? null),
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  trim: (value) => text(value).trim(),
  trimPrefix: (prefix, value) =>
    text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : value,
  trimSuffix: (suffix, value) =>
    text(value).endsWith(text(suffix)) ? text(value).slice(0, -text(suffix).length) : value,
  contains: (part, value) => text(value).includes(text(part)),
  hasPrefix: (prefix, value) => text(value).startsWith(text(prefix)),
  hasSuffix: (suffix, value) => text(value).endsWith(text(suffix)),
  replace: (old, by, value) => text(value).replaceAll(text(old), text(by)),
  indent: (spaces, value) => indented(value, number(spaces)),
  nindent: (spaces, value) => `\n${indented(value, number(spaces))}`,
  int: (value) => Math.trunc(number(value)),
  int64: (value) => Math.trunc(number(value)),
  add: (...values) => values.map(number).reduce((sum, one) => sum + one, 0),
  add1: (value) => number(value) + 1,
  sub: (a, b) => number(a) - number(b),
  mul: (...values) => values.map(number).reduce((product, one) => product * one, 1),
  div: (a, b) => Math.trunc(number(a) / number(b)),
  mod: (a, b) => number(a) % number(b),
  max: (...values) => Math.max(...values.map(number)),
  min: (...values) => Math.min(...values.map(number)),
};

const condition = (type: string, status: string, reason: string, message: string) => ({
  type,
  status,
  lastHeartbeatTime: null,
  lastTransitionTime: null,
  reason,
  message,
});

const nodeConditions = [
  condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  condition(
    'MemoryPressure',
    'False',
    'KubeletHasSufficientMemory',
    'kubelet has sufficient memory available',
  ),
  condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
  condition(
    'PIDPressure',
    'False',
    'KubeletHasSufficientPID',
    'kubelet has sufficient PID available',
  ),
  condition('NetworkUnavailable', 'False', 'RouteCreated', 'RouteController created a route'),
];

export function functionsFor(world: StageWorld): Functions {
  const podIP = (...[node, isHost, uid, name, namespace]: List) =>
    world.podIP(text(node), isTrue(isHost), text(uid), text(name), text(namespace));
  return {
    ...builtIn,
    ...sprig,
    Quote: quote,
    YAML: yaml,
    Now: () => world.now,
    now: () => world.now,
    StartTime: () => world.startTime,
    Version: () => version,
    NodeConditions: () => nodeConditions,
    NodeName: () => world.nodeName,
    NodePort: () => world.nodePort,
    NodeIP: () => world.nodeIP(world.nodeName),
    NodeIPs: () => [world.nodeIP(world.nodeName)],
    NodeIPWith: (node) => world.nodeIP(text(node)),
    NodeIPsWith: (node) => [world.nodeIP(text(node))],
    PodIPWith: podIP,
    PodIPsWith: (...args) => [podIP(...args)],
  };
}

/** To look names up in: it knows no cluster. */
export const functionNames: Functions = functionsFor({
  now: '',
  startTime: '',
  nodeName: '',
  nodePort: 0,
  nodeIP: () => '',
  podIP: () => '',
});
