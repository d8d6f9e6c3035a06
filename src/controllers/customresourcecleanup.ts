/**
 * Removes what a definition defines before the definition itself goes (apiextensions: the finalizing
 * controller). Until then nothing of the kind may be created.
 */
import {
  type CustomResourceDefinition,
  cleanupFinalizer,
  definedKind,
} from '../api/custom/definition.ts';
import { isEstablished } from '../api/custom/kind.ts';
import type { Condition, Key } from '../api/meta.ts';
import type { ObjectList } from '../apiserver/request.ts';
import type { Requests } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import { withCondition } from './customresourcedefinition.ts';

const kind = 'CustomResourceDefinition';

/** How often it looks whether all are gone. */
const pollMs = 5_000;

export const customResourceCleanup = (): Controller => ({
  name: 'crd-finalizer',
  watches: [],
  watchesEvery: (name) => name === kind,
  keysFor({ key, object, type }, { queue }) {
    if (type !== 'DELETED' && isOurs(object as CustomResourceDefinition)) queue.add(key);
  },
  reconcile,
});

const isOurs = ({ metadata: { deletionTimestamp, finalizers } }: CustomResourceDefinition) =>
  deletionTimestamp !== undefined && (finalizers ?? []).includes(cleanupFinalizer);

function* reconcile(key: Key, { view, queue, now }: ControllerContext): Requests<Outcome> {
  const definition = view.get<CustomResourceDefinition>(kind, key);
  if (definition === undefined || !isOurs(definition)) return undefined;
  const conditions = withCondition(definition.status.conditions ?? [], inProgress, now);
  const status = { ...definition.status, conditions };
  const begun = yield* call<CustomResourceDefinition>({
    verb: 'update',
    kind,
    subresource: 'status',
    object: { ...definition, status },
  });
  if (!begun.ok) return settled(begun.status.reason, begun.status.message);
  const left = isEstablished(definition) ? yield* removeAll(definedKind(definition)) : 0;
  if (typeof left === 'object') return left;
  if (left > 0) {
    queue.addAfter(key, pollMs);
    return undefined;
  }
  const { metadata } = begun.object;
  const finalizers = (metadata.finalizers ?? []).filter((name) => name !== cleanupFinalizer);
  const { finalizers: _before, ...rest } = metadata;
  const object = {
    ...begun.object,
    metadata: finalizers.length === 0 ? rest : { ...rest, finalizers },
  };
  const freed = yield* call({ verb: 'update', kind, object });
  return freed.ok ? undefined : settled(freed.status.reason, freed.status.message);
}

const inProgress: Condition = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
};

/** Another version will come, or none is needed. */
const settled = (reason: string, error: string): Outcome =>
  reason === 'NotFound' || reason === 'Conflict' ? undefined : { error };

/** Asks for the deletion of every object of a kind; how many are still there. */
function* removeAll(defined: string): Requests<number | { readonly error: string }> {
  const found = yield { verb: 'list', kind: defined };
  if (!found.ok) return { error: found.status.message };
  for (const { metadata } of (found.list as ObjectList).items) {
    if (metadata.deletionTimestamp !== undefined) continue;
    const { name, namespace } = metadata;
    const named = { kind: defined, name, ...(namespace === undefined ? {} : { namespace }) };
    const deleted = yield* call({ verb: 'delete', ...named });
    if (!deleted.ok && deleted.status.reason !== 'NotFound') {
      return { error: deleted.status.message };
    }
  }
  const rest = yield { verb: 'list', kind: defined };
  return rest.ok ? (rest.list as ObjectList).items.length : { error: rest.status.message };
}
