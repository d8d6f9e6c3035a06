/** The requests by which a kubelet keeps its Node and its Lease (kubelet-05). */
import { type Lease, leaseNamespace } from '../../api/lease.ts';
import { type Labels, makeKey } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { PassResult } from '../../log/entry.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import type { NodeSpec } from '../../sim/scenario/types.ts';
import { leaseDraft, nodeDraft } from './node.ts';

const done: PassResult = { type: 'done' };

/** Registers the Node with `annotations`, or posts its status. Returns the Node as it is now. */
export function* syncNode(
  spec: NodeSpec,
  statusOf: (before: Node['status'] | undefined) => Node['status'],
  annotations?: Labels,
): Requests<Node | undefined> {
  const found = yield* call<Node>({ verb: 'get', kind: 'Node', name: spec.name });
  if (!found.ok) {
    const object = nodeDraft(spec, statusOf(undefined), annotations);
    const created = yield* call<Node>({ verb: 'create', kind: 'Node', object });
    return created.ok ? created.object : undefined;
  }
  const object: Node = { ...found.object, status: statusOf(found.object.status) };
  const updated = yield* call<Node>({
    verb: 'update',
    kind: 'Node',
    object,
    subresource: 'status',
  });
  return updated.ok ? updated.object : found.object;
}

export function* renewLease(name: string, now: number): Requests<PassResult> {
  const node = yield* call<Node>({ verb: 'get', kind: 'Node', name });
  if (!node.ok) return done;
  const lease = yield* call<Lease>({
    verb: 'get',
    kind: 'Lease',
    namespace: leaseNamespace,
    name,
  });
  const draft = leaseDraft(node.object, now);
  if (!lease.ok) {
    yield* call({ verb: 'create', kind: 'Lease', namespace: leaseNamespace, object: draft });
    return done;
  }
  const object: Lease = { ...lease.object, spec: { ...lease.object.spec, ...draft.spec } };
  yield* call({ verb: 'update', kind: 'Lease', object });
  return done;
}

/** The key of a node's Lease. */
export const leaseKey = (name: string): string => makeKey(leaseNamespace, name);
