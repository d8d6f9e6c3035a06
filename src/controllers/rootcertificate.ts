/**
 * Root CA publisher (ctl-08 §C): each namespace has a ConfigMap with the certificate by which its Pods
 * know the API server.
 */
import type { ConfigMap } from '../api/configmap.ts';
import type { Draft, Key } from '../api/meta.ts';
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

const name = 'kube-root-ca.crt';
const entry = 'ca.crt';

const descriptions = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

/** @param certificate PEM of the authority that signed for the API server. */
export const rootCertificatePublisher = (certificate: string) => (): Controller => {
  const isRight = ({ data = {} }: ConfigMap): boolean =>
    data[entry] === certificate && Object.keys(data).length === 1;

  function* reconcile(namespace: Key, { view }: ControllerContext): Requests<Outcome> {
    const map = view.get<ConfigMap>('ConfigMap', makeKey(namespace, name));
    const data = { [entry]: certificate };
    if (map === undefined) {
      const metadata = { name, namespace, annotations: descriptions };
      const object: Draft & Pick<ConfigMap, 'data'> = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata,
        data,
      };
      const created = yield* call({ verb: 'create', kind: 'ConfigMap', namespace, object });
      return created.ok || isNamespaceGoing(created.status) ? undefined : failed(created.status);
    }
    const { annotations } = map.metadata;
    if (isRight(map) && annotations?.['kubernetes.io/description']) return undefined;
    const metadata = { ...map.metadata, annotations: { ...annotations, ...descriptions } };
    const object: ConfigMap = { ...map, metadata, data };
    const updated = yield* call({ verb: 'update', kind: 'ConfigMap', object });
    return updated.ok ? undefined : failed(updated.status);
  }

  return {
    name: 'root-ca-cert-publisher',
    watches: ['ConfigMap', 'Namespace'],
    keysFor({ type, kind, key, object }: WatchEvent, { queue }) {
      if (kind === 'Namespace') {
        if (type !== 'DELETED' && (object as Namespace).status.phase === 'Active') queue.add(key);
        return;
      }
      if (object.metadata.name !== name) return;
      if (type === 'DELETED' || (type === 'MODIFIED' && !isRight(object as ConfigMap))) {
        queue.add(splitKey(key).namespace!);
      }
    },
    reconcile,
  };
};
