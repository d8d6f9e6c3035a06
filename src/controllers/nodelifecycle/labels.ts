/** Labels that older clients still look for: `beta.kubernetes.io/os` and `arch` (ctl-07 §A.4). */
import type { Node } from '../../api/node.ts';
import type { Requests } from '../../sim/component.ts';
import { call, type Outcome } from '../../sim/controller.ts';

const copied = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
] as const;

export function* copyLabels({ metadata: { name, labels = {} } }: Node): Requests<Outcome> {
  const missing = copied.flatMap(([from, to]) =>
    labels[from] === undefined || labels[from] === labels[to] ? [] : [[to, labels[from]]],
  );
  if (missing.length === 0) return undefined;
  const patched = yield* call<Node>({
    verb: 'patch',
    kind: 'Node',
    name,
    patchType: 'merge',
    patch: { metadata: { labels: Object.fromEntries(missing) } },
  });
  return patched.ok || patched.status.reason === 'NotFound'
    ? undefined
    : { error: patched.status.message };
}
