/**
 * What a namespace demands of its Pods: `pod-security.kubernetes.io/enforce: restricted`
 * (k8s.io/pod-security-admission/api).
 */
import type { FieldError } from '../../../api/kind.ts';
import type { Labels } from '../../../api/meta.ts';
import { invalid } from '../../../api/validation/errors.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

export interface LevelVersion {
  readonly level: Level;
  /** The minor version whose rules count; `latest` is infinite. */
  readonly minor: number;
}

/** Of the modes, `audit` only notes, and nobody reads it here. */
export interface Policy {
  readonly enforce: LevelVersion;
  readonly warn: LevelVersion;
  readonly errors: readonly FieldError[];
}

const prefix = 'pod-security.kubernetes.io/';
const levels: readonly string[] = ['privileged', 'baseline', 'restricted'];
const privileged: LevelVersion = { level: 'privileged', minor: Number.POSITIVE_INFINITY };

/** What nobody has said anything about. */
export const anythingGoes: Policy = { enforce: privileged, warn: privileged, errors: [] };

const remembered = new WeakMap<Labels, Policy>();

/** By the labels of a namespace, remembered by their identity. */
export function policyOf(labels: Labels | undefined): Policy {
  if (labels === undefined) return anythingGoes;
  let policy = remembered.get(labels);
  if (policy === undefined) {
    policy = read(labels);
    remembered.set(labels, policy);
  }
  return policy;
}

function read(labels: Labels): Policy {
  if (!Object.keys(labels).some((label) => label.startsWith(prefix))) return anythingGoes;
  const errors: FieldError[] = [];
  const refuse = (label: string, why: string) => {
    errors.push(invalid(`metadata.labels[${prefix}${label}]`, labels[prefix + label]!, why));
  };
  // Who cannot be understood is taken at the strictest where it counts, and at nothing where it is told only.
  const mode = (name: string, otherwise: Level): LevelVersion => {
    const level = labels[prefix + name];
    const version = labels[`${prefix}${name}-version`];
    const isLevel = level === undefined || levels.includes(level);
    if (!isLevel) refuse(name, `must be one of ${levels.join(', ')}`);
    const minor = version === undefined ? Number.POSITIVE_INFINITY : minorOf(version);
    if (minor === undefined) refuse(`${name}-version`, 'must be "latest" or "v1.x"');
    return {
      level: isLevel ? ((level ?? 'privileged') as Level) : otherwise,
      minor: minor ?? Number.POSITIVE_INFINITY,
    };
  };
  const enforce = mode('enforce', 'restricted');
  mode('audit', 'privileged');
  const warn = mode('warn', 'privileged');
  return { enforce, warn, errors };
}

function minorOf(version: string): number | undefined {
  if (version === 'latest') return Number.POSITIVE_INFINITY;
  const minor = /^v1\.(\d|[1-9]\d*)$/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** `restricted:v1.30`. */
export const levelText = ({ level, minor }: LevelVersion): string =>
  `${level}:${minor === Number.POSITIVE_INFINITY ? 'latest' : `v1.${minor}`}`;

export const isStricter = (a: Level, b: Level): boolean => levels.indexOf(a) > levels.indexOf(b);
