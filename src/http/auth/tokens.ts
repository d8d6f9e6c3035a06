/** Tokens of service accounts: signed, and read again (api-02 §10, §11). */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import type { User } from '../context.ts';

/** An object that a token lives and dies with. */
export interface Bound {
  readonly name: string;
  readonly uid: string;
}

export interface Claims {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  /** Of kind `pod`, `secret` or `node`; with a Pod, its node is told too. */
  readonly bound?: Readonly<Record<string, Bound>>;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export const issuer = 'https://kubernetes.default.svc.cluster.local';

const extraPrefix = 'authentication.kubernetes.io/';

/** What a token says that is ours, and not over. */
export interface Read {
  readonly user: User;
  readonly audiences: readonly string[];
  readonly namespace: string;
  /** The objects without which it is worth nothing, by kind: its account, and what it is bound to. */
  readonly needs: Readonly<Record<string, Bound>>;
  /** The Secret that must hold it still. */
  readonly heldBy?: { readonly secret: string; readonly token: string };
}

const keyId = 'kubestep';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Claims of a token that a Secret holds: it has no end, and lives as long as the Secret. */
export interface SecretClaims {
  readonly namespace: string;
  readonly secret: string;
  readonly account: Bound;
}

const oldIssuer = 'kubernetes/serviceaccount';
const claimPrefix = 'kubernetes.io/serviceaccount';

export class TokenSigner {
  #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined;

  /** Made when it is first needed: it takes a while. */
  get #pair() {
    if (this.#keys === undefined) {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      this.#keys = {
        publicKey: createPublicKey(publicKey),
        privateKey: createPrivateKey(privateKey),
      };
    }
    return this.#keys;
  }

  /** The public key, for those who check tokens themselves. */
  get keySet() {
    const { kty, n, e } = this.#pair.publicKey.export({ format: 'jwk' });
    return { keys: [{ use: 'sig', kty, kid: keyId, alg: 'RS256', n, e }] };
  }

  sign({ namespace, name, uid, audiences, bound, issuedAt, expiresAt }: Claims): string {
    const body = {
      aud: audiences,
      exp: expiresAt,
      iat: issuedAt,
      iss: issuer,
      jti: randomUUID(),
      'kubernetes.io': { namespace, ...bound, serviceaccount: { name, uid } },
      nbf: issuedAt,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    return this.#signed(body);
  }

  signForSecret({ namespace, secret, account }: SecretClaims): string {
    return this.#signed({
      iss: oldIssuer,
      [`${claimPrefix}/namespace`]: namespace,
      [`${claimPrefix}/secret.name`]: secret,
      [`${claimPrefix}/service-account.name`]: account.name,
      [`${claimPrefix}/service-account.uid`]: account.uid,
      sub: `system:serviceaccount:${namespace}:${account.name}`,
    });
  }

  #signed(body: object): string {
    const text = `${encode({ alg: 'RS256', kid: keyId })}.${encode(body)}`;
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), this.#pair.privateKey).toString('base64url')}`;
  }

  /** Who a token stands for, and for which audiences; `undefined` if it is none of ours, or over. */
  read(token: string, nowSeconds: number): Read | undefined {
    const [head, body, signature, ...rest] = token.split('.');
    if (this.#keys === undefined || !head || !body || !signature || rest.length > 0)
      return undefined;
    const isOurs = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${body}`),
      this.#keys.publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (!isOurs) return undefined;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as {
      iss: string;
      sub: string;
      exp: number;
      aud: readonly string[];
      jti: string;
      'kubernetes.io': { namespace: string; serviceaccount: Bound } & Readonly<
        Record<string, Bound>
      >;
    };
    if (claims.iss === oldIssuer) return ofSecret(claims, token);
    if (claims.exp <= nowSeconds) return undefined;
    const { namespace, serviceaccount, ...bound } = claims['kubernetes.io'];
    const groups = groupsOf(namespace);
    const extra: Record<string, readonly string[]> = {
      [`${extraPrefix}credential-id`]: [`JTI=${claims.jti}`],
    };
    for (const kind of ['node', 'pod']) {
      const { name, uid } = bound[kind] ?? {};
      if (name === undefined || uid === undefined) continue;
      extra[`${extraPrefix}${kind}-name`] = [name];
      extra[`${extraPrefix}${kind}-uid`] = [uid];
    }
    return {
      user: { username: claims.sub, uid: serviceaccount.uid, groups, extra },
      audiences: claims.aud,
      namespace,
      needs: { ...bound, serviceaccount },
    };
  }
}

const groupsOf = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
  'system:authenticated',
];

function ofSecret(claims: object, token: string): Read {
  const { sub } = claims as { sub: string };
  const of = (name: string) =>
    (claims as Readonly<Record<string, string>>)[`${claimPrefix}/${name}`] ?? '';
  const namespace = of('namespace');
  const account = { name: of('service-account.name'), uid: of('service-account.uid') };
  return {
    user: { username: sub, uid: account.uid, groups: groupsOf(namespace) },
    audiences: [issuer],
    namespace,
    needs: { serviceaccount: account },
    heldBy: { secret: of('secret.name'), token },
  };
}
