/**
 * Rules as lines: verbs by their letters, groups, resources and, after a colon, names. The core group is a dash; what
 * begins with a slash are paths, and no resources.
 */
import type { Rule } from './clusterroles.ts';

const verbs: Readonly<Record<string, string>> = {
  a: 'approve',
  c: 'create',
  d: 'delete',
  D: 'deletecollection',
  e: 'escalate',
  g: 'get',
  l: 'list',
  p: 'patch',
  s: 'sign',
  u: 'update',
  w: 'watch',
  x: 'proxy',
  '*': '*',
};

export const rulesOf = (lines: string): readonly Rule[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => ruleOf(line.trim()));

function ruleOf(line: string): Rule {
  const [about, names] = line.split(' : ') as [string, string?];
  const [letters, groups, ...resources] = about.split(' ') as [string, string, ...string[]];
  const told = [...letters].map((letter) => verbs[letter]!);
  if (groups.startsWith('/')) return { verbs: told, nonResourceURLs: [groups, ...resources] };
  return {
    verbs: told,
    apiGroups: groups.split(',').map((group) => (group === '-' ? '' : group)),
    resources,
    ...(names === undefined ? {} : { resourceNames: names.split(' ') }),
  };
}
