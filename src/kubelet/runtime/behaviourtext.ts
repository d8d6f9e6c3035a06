/** How behaviours are written: durations, and the annotation of a Pod. */
import { readYaml } from '../../api/manifest.ts';
import { UsageError } from '../../errors.ts';
import type { BehaviourSpec } from '../../sim/scenario/types.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `200ms`, `3s`, `1m30s`, `never`; NaN for anything else. */
export function durationMs(text: string): number {
  if (text === 'never') return Number.POSITIVE_INFINITY;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return Number.NaN;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(number) * units[unit!]!;
  }
  return total;
}

/** What a Pod's containers do, in the words of a scenario's `behaviour`; `<key>.<name>` is for one. */
export const behaviourKey = 'kubestep.dev/behaviour';

const texts = [
  'startError',
  'pullError',
  'configError',
  'postStartError',
  'preStopError',
  'message',
  'reject',
  'imageSize',
] as const;
const times = [
  'pull',
  'start',
  'exitAfter',
  'unreadyAfter',
  'stop',
  'postStart',
  'preStop',
] as const;
const turns = ['ready', 'live', 'started'] as const;
const others = [
  'exit',
  'stopCode',
  'pullErrors',
  'memory',
  'disk',
  'processes',
  'cpu',
  'logs',
  'jitter',
] as const;

/** Every word of the vocabulary but `image`. */
export const behaviourFields: readonly string[] = [...texts, ...times, ...turns, ...others];

/** What is wrong with a behaviour, if anything: the field, and what was expected. */
export function behaviourMistake(fields: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of Object.keys(fields)) {
    if (name !== 'image' && !behaviourFields.includes(name)) return `unknown field "${name}"`;
  }
  for (const name of [...times, ...turns]) {
    const given = fields[name];
    if (given === undefined) continue;
    const isList = (turns as readonly string[]).includes(name) && Array.isArray(given);
    for (const one of isList ? (given as unknown[]) : [given]) {
      if (Number.isNaN(durationMs(String(one)))) {
        return `${name}: ${JSON.stringify(one)} is no duration; write 200ms, 3s, 1m or never`;
      }
    }
  }
  for (const name of texts) {
    if (fields[name] !== undefined && typeof fields[name] !== 'string')
      return `${name}: must be a text`;
  }
  const { exit, stopCode, pullErrors } = fields;
  const codes = [exit, stopCode, pullErrors].flat().filter((code) => code !== undefined);
  if (!codes.every(Number.isInteger)) return 'exit, stopCode and pullErrors: must be whole numbers';
  return undefined;
}

const parsed = new Map<string, Omit<BehaviourSpec, 'image'> | UsageError>();
const rememberMax = 1_000;

/** What an annotation says. An error instead if it cannot be read. */
export function annotated(text: string): Omit<BehaviourSpec, 'image'> | UsageError {
  let found = parsed.get(text);
  if (found === undefined) {
    found = read(text);
    if (parsed.size >= rememberMax) parsed.clear();
    parsed.set(text, found);
  }
  return found;
}

function read(text: string): Omit<BehaviourSpec, 'image'> | UsageError {
  try {
    const value = readYaml(text, behaviourKey);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return new UsageError(`${behaviourKey}: expected a mapping`);
    }
    const mistake = behaviourMistake(value as Readonly<Record<string, unknown>>);
    return mistake === undefined ? value : new UsageError(`${behaviourKey}: ${mistake}`);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}
