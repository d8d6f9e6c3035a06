/**
 * Tokens controller (ctl-08 §C; upstream's pkg/controller/serviceaccount): fills in Secrets that ask for a token of an
 * account, and removes them when the account goes.
 */
import { type Key, makeKey, type ObjectMeta } from '../api/meta.ts';
import { type Secret, tokenSecretType } from '../api/secret.ts';
import type { ServiceAccount } from '../api/serviceaccount.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import {
  type Controller,
  type ControllerContext,
  call,
  failed,
  type Outcome,
} from '../sim/controller.ts';

/** Where the name and the uid of the account stand. */
const accountName = 'kubernetes.io/service-account.name';
const accountUid = 'kubernetes.io/service-account.uid';

/** The token of an account that a Secret holds. */
export type SecretToken = (account: ServiceAccount, secret: ObjectMeta) => string;

const nameIn = ({ metadata }: Secret): string => metadata.annotations?.[accountName] ?? '';

/** Whether a Secret is one of the account, or of one of its name that is gone. */
const isOf = ({ metadata }: Secret, uid: string): boolean => {
  const given = metadata.annotations?.[accountUid] ?? '';
  return given === '' || given === uid;
};

/** @param rootCertificate PEM; empty: Secrets hold none */
export const serviceAccountTokens =
  (rootCertificate: string, tokenOf: SecretToken) => (): Controller => {
    function* reconcile(key: Key, { view }: ControllerContext): Requests<Outcome> {
      const [namespace = '', name = '', gone] = key.split('/');
      const read = yield* call<ServiceAccount>({
        verb: 'get',
        kind: 'ServiceAccount',
        namespace,
        name,
      });
      if (!read.ok && read.status.reason !== 'NotFound') return failed(read.status);
      const account = read.ok ? read.object : undefined;
      if (gone !== undefined) return account && (yield* forget(account, gone));
      let error: Outcome;
      for (const secret of view.by<Secret>('Secret', 'namespace', namespace)) {
        if (secret.type !== tokenSecretType || nameIn(secret) !== name) continue;
        const isOrphan = account === undefined || !isOf(secret, account.metadata.uid);
        error = (yield* isOrphan ? remove(secret) : fill(secret, account)) ?? error;
      }
      return error;
    }

    function* fill(cached: Secret, account: ServiceAccount): Requests<Outcome> {
      if (!isLacking(cached, account)) return undefined;
      const { namespace, name, uid } = cached.metadata;
      const named = { kind: 'Secret', namespace: namespace!, name };
      const live = yield* call<Secret>({ verb: 'get', ...named });
      if (!live.ok) return live.status.reason === 'NotFound' ? undefined : failed(live.status);
      const secret = live.object;
      if (secret.metadata.uid !== uid || !isLacking(secret, account)) return undefined;
      const annotations = { ...secret.metadata.annotations, [accountUid]: account.metadata.uid };
      const { data = {} } = secret;
      const object: Secret = {
        ...secret,
        metadata: { ...secret.metadata, annotations },
        data: {
          ...data,
          ...(rootCertificate === '' ? {} : { 'ca.crt': btoa(rootCertificate) }),
          namespace: data['namespace'] || btoa(namespace!),
          token: data['token'] || btoa(tokenOf(account, secret.metadata)),
        },
      };
      const updated = yield* call({ verb: 'update', kind: 'Secret', object });
      return updated.ok ? undefined : failed(updated.status);
    }

    function isLacking({ metadata, data = {} }: Secret, account: ServiceAccount): boolean {
      if (!data['token'] || !data['namespace']) return true;
      const isRight = rootCertificate === '' || data['ca.crt'] === btoa(rootCertificate);
      return !isRight || metadata.annotations?.[accountUid] !== account.metadata.uid;
    }

    return {
      name: 'serviceaccount-token-controller',
      author: 'kube-controller-manager',
      watches: ['ServiceAccount', 'Secret'],
      keysFor({ kind, type, key, object }: WatchEvent, { queue }) {
        if (kind === 'ServiceAccount') {
          if (type === 'DELETED') queue.add(key);
          return;
        }
        const secret = object as Secret;
        if (secret.type !== tokenSecretType || nameIn(secret) === '') return;
        const { namespace, name } = secret.metadata;
        const account = makeKey(namespace, nameIn(secret));
        queue.add(type === 'DELETED' ? `${account}/${name}` : account);
      },
      reconcile,
    };
  };

function* remove({ metadata: { namespace, name, uid } }: Secret): Requests<Outcome> {
  const options = { preconditions: { uid } };
  const named = { kind: 'Secret', namespace: namespace!, name, options };
  const deleted = yield* call({ verb: 'delete', ...named });
  if (deleted.ok || deleted.status.reason === 'NotFound') return undefined;
  return deleted.status.reason === 'Conflict' ? undefined : failed(deleted.status);
}

/** An account does not name a Secret with a token that is gone. */
function* forget(account: ServiceAccount, gone: string): Requests<Outcome> {
  const { secrets = [] } = account;
  const left = secrets.filter(({ name }) => name !== gone);
  if (left.length === secrets.length) return undefined;
  const object: ServiceAccount = { ...account, secrets: left };
  const updated = yield* call({ verb: 'update', kind: 'ServiceAccount', object });
  return updated.ok ? undefined : failed(updated.status);
}
