/** Where objects lie in etcd: the paths that some refusals show (api-03 §4.1). */
import type { Kind } from '../api/kind.ts';
import { makeKey } from '../api/meta.ts';
import type { Status } from '../api/status.ts';
import { conflict } from './reject.ts';

/** Resources whose path is not their plural. */
const paths: Readonly<Record<string, string>> = { nodes: 'minions' };

const etcdKey = ({ resource }: Kind, namespace: string | undefined, name: string): string =>
  `/registry/${paths[resource] ?? resource}/${makeKey(namespace, name)}`;

/**
 * The refusal of a write that is meant for another object of the same name. `found` is empty when
 * there is none at all: a PUT that carries a uid is then a conflict, and not "not found".
 */
export function uidMismatch(
  kind: Kind,
  namespace: string | undefined,
  name: string,
  expected: string,
  found: string,
): Status {
  const key = etcdKey(kind, namespace, name);
  const why = `Precondition failed: UID in precondition: ${expected}, UID in object meta: ${found}`;
  return conflict(
    kind,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}
