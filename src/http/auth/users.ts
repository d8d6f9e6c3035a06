/** Who asks: by bearer token, by client certificate, or nobody (api-02 §11). */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { administrator } from '../../apiserver/user.ts';
import type { Context, User } from '../context.ts';

export const anonymous: User = {
  username: 'system:anonymous',
  groups: ['system:unauthenticated'],
};

export interface Authentication {
  readonly identify: Context['identify'];
  /** Over plain HTTP kubectl sends no token: whoever reaches the port is the administrator. */
  readonly anonymousIsAdministrator: boolean;
}

/** `undefined`: credentials were given, and are wrong. */
export function userOf(
  request: IncomingMessage,
  { identify, anonymousIsAdministrator }: Authentication,
): User | undefined {
  // A certificate counts first, whatever else is shown.
  const known = certified(request);
  if (known !== undefined) return known;
  const { authorization } = request.headers;
  const token =
    /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1] ?? protocolToken(request.headers);
  if (token !== undefined) return identify(token)?.user;
  return anonymousIsAdministrator ? administrator : anonymous;
}

const tokenProtocol = 'base64url.bearer.authorization.k8s.io.';

/** Browsers cannot set headers of a WebSocket: the token comes among its protocols. */
function protocolToken({ 'sec-websocket-protocol': given = '' }: IncomingHttpHeaders) {
  const named = given.split(/\s*,\s*/).find((name) => name.startsWith(tokenProtocol));
  if (named === undefined) return undefined;
  return Buffer.from(named.slice(tokenProtocol.length), 'base64url').toString('utf8');
}

/** As whom an administrator acts, by the headers of impersonation; itself if nobody is named. */
export function actingAs(user: User, { headers }: IncomingMessage): User {
  const username = headers['impersonate-user'];
  if (typeof username !== 'string' || username === '') return user;
  const given = headers['impersonate-group'];
  const named = given === undefined ? [] : [given].flat().flatMap((text) => text.split(', '));
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(username) ?? [];
  const own =
    namespace === undefined || named.length > 0
      ? named
      : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const uid = headers['impersonate-uid'];
  const extra = extraOf(headers);
  return {
    username,
    groups: [...own, 'system:authenticated'],
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(extra === undefined ? {} : { extra }),
  };
}

/** A key that cannot be decoded is taken as it is. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

const extraHeader = 'impersonate-extra-';

function extraOf(headers: IncomingHttpHeaders): User['extra'] {
  const named = Object.entries(headers).filter(([name]) => name.startsWith(extraHeader));
  if (named.length === 0) return undefined;
  return Object.fromEntries(
    named.map(([name, value = '']) => [
      unescaped(name.slice(extraHeader.length)),
      [value].flat().flatMap((text) => text.split(', ')),
    ]),
  );
}

function certified({ socket }: IncomingMessage): User | undefined {
  const { authorized, getPeerCertificate } = socket as Partial<TLSSocket>;
  if (authorized !== true || getPeerCertificate === undefined) return undefined;
  const { subject } = getPeerCertificate.call(socket as TLSSocket);
  const [username] = [subject?.CN ?? []].flat();
  if (username === undefined) return undefined;
  const organisations = subject.O as unknown as string | readonly string[] | undefined;
  const groups = organisations === undefined ? [] : [organisations].flat();
  return { username, groups: [...groups, 'system:authenticated'] };
}
