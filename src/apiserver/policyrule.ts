/** One rule of a role, and what it covers (api-02 §11). */

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** Of verbs, groups, or whole resources. */
export const has = (list: readonly string[], wanted: string): boolean =>
  list.includes('*') || list.includes(wanted);

/** `wanted`: a resource, or one with its subresource, as `pods/log`. */
export function coversResource(resources: readonly string[], wanted: string): boolean {
  if (has(resources, wanted)) return true;
  const [, below] = wanted.split('/');
  return below !== undefined && resources.includes(`*/${below}`);
}

export const coversPath = (patterns: readonly string[], path: string): boolean =>
  patterns.some(
    (pattern) =>
      pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))),
  );
