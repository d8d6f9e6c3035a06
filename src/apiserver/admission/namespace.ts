/** NamespaceLifecycle: nothing is created in a namespace that is missing or going away. */
import { kindOf } from '../../api/index.ts';
import type { Kind } from '../../api/kind.ts';
import type { Namespace } from '../../api/namespace.ts';
import type { Status } from '../../api/status.ts';
import type { Store } from '../../store/store.ts';
import { forbidden, notFound } from '../reject.ts';

/** Never deleted. */
export const immortal = new Set(['default', 'kube-system', 'kube-public']);

export function admitToNamespace(
  store: Store,
  kind: Kind,
  namespace: string,
  name: string,
): Status | undefined {
  const found = store.get<Namespace>('Namespace', namespace);
  if (found === undefined) return notFound(kindOf('Namespace')!, namespace);
  if (found.metadata.deletionTimestamp === undefined) return undefined;
  return forbidden(
    kind,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  );
}
