/** The finalizers through which a DELETE tells the garbage collector what to do (api-07 §1). */
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import type { DeleteOptions, PropagationPolicy } from './request.ts';

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

/** The object's finalizers once the propagation policy has had its say. */
export function finalizersFor(
  { metadata: { finalizers = [], deletionTimestamp } }: KubeObject,
  { propagationPolicy }: DeleteOptions,
  kind: Kind,
): readonly string[] {
  const kept = finalizers.filter((name) => name !== orphan && name !== foreground);
  const added = deletionTimestamp === undefined ? (kind.finalizersOnDelete ?? []) : [];
  const others = [...kept, ...added.filter((name) => !kept.includes(name))];
  if (kind.kind === 'Event') return others;
  const policy = propagationPolicy ?? policyOf(finalizers) ?? kind.defaultPropagation;
  if (policy === 'Orphan') return [...others, orphan];
  return policy === 'Foreground' ? [...others, foreground] : others;
}

/** What the finalizers on the object already ask for. */
function policyOf(finalizers: readonly string[]): PropagationPolicy | undefined {
  if (finalizers.includes(orphan)) return 'Orphan';
  return finalizers.includes(foreground) ? 'Foreground' : undefined;
}
