/** Whether a Pod, or what a template makes, keeps to a level (k8s.io/pod-security-admission/policy, `registry.go`). */
import { baseline } from './baseline.ts';
import { type LevelVersion, levelText } from './policy.ts';
import { restricted } from './restricted.ts';
import type { Check, Subject, Violation } from './subject.ts';

/** The checks of a level: those of the level below first, less what stricter ones take the place of. */
function checksOf({ level, minor }: LevelVersion): readonly Check[] {
  if (level === 'privileged') return [];
  const isHere = ({ since, until }: Check) =>
    minor >= since && (until === undefined || minor < until);
  const below = baseline.filter(isHere);
  if (level === 'baseline') return below;
  const own = restricted.filter(isHere);
  const overridden = new Set(own.flatMap(({ overrides = [] }) => overrides));
  return [...below.filter(({ id }) => !overridden.has(id)), ...own];
}

export const violationsOf = (subject: Subject, level: LevelVersion): readonly Violation[] =>
  checksOf(level).flatMap(({ judge }) => judge(subject) ?? []);

/** `PodSecurity "baseline:latest": privileged (container "c" must not set …)`. */
export function violationText(subject: Subject, level: LevelVersion): string | undefined {
  const found = violationsOf(subject, level);
  if (found.length === 0) return undefined;
  const told = found.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason));
  return `PodSecurity "${levelText(level)}": ${told.join(', ')}`;
}
