/** ServiceAccount controller (ctl-08 §C): each namespace has an account that its Pods run as. */
import type { Key } from '../api/meta.ts';
import { makeKey, splitKey } from '../api/meta.ts';
import type { Namespace } from '../api/namespace.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import {
  type Controller,
  type ControllerContext,
  call,
  failed,
  type Outcome,
} from '../sim/controller.ts';
import { isNamespaceGoing } from './namespacegoing.ts';

const account = 'default';

export const serviceAccountController = (): Controller => ({
  name: 'service-account-controller',
  watches: ['ServiceAccount', 'Namespace'],
  keysFor({ type, kind, key }: WatchEvent, { queue }) {
    if (kind === 'Namespace' && type !== 'DELETED') queue.add(key);
    if (kind === 'ServiceAccount' && type === 'DELETED') queue.add(splitKey(key).namespace!);
  },
  reconcile,
});

function* reconcile(namespace: Key, { view }: ControllerContext): Requests<Outcome> {
  if (view.get<Namespace>('Namespace', namespace)?.status.phase !== 'Active') return undefined;
  if (view.get('ServiceAccount', makeKey(namespace, account)) !== undefined) return undefined;
  const object = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: account, namespace },
  };
  const created = yield* call({ verb: 'create', kind: 'ServiceAccount', namespace, object });
  if (created.ok || isNamespaceGoing(created.status)) return undefined;
  return created.status.reason === 'AlreadyExists' ? undefined : failed(created.status);
}
