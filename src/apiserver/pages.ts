/** Pages of a list: the token that says where the next one begins, and at which revision (api-03 §2). */
import { rejection, type Status } from '../api/status.ts';
import { badRequest } from './reject.ts';

interface Token {
  /** Revision of the snapshot; −1: whatever is now. */
  readonly rv: number;
  /** Keys before this one have been told. */
  readonly start: string;
}

export type Continue = { readonly ok: true; readonly token: Token } | Refused;
type Refused = { readonly ok: false; readonly status: Status };

export function encodeContinue({ rv, start }: Token): string {
  const json = JSON.stringify({ v: 'meta.k8s.io/v1', rv, start });
  const bytes = new TextEncoder().encode(json);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function decodeContinue(text: string): Continue {
  try {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const { v, rv, start } = JSON.parse(new TextDecoder().decode(bytes)) as {
      v?: unknown;
      rv?: unknown;
      start?: unknown;
    };
    if (v !== 'meta.k8s.io/v1')
      return refused(`server does not recognize this encoded version ${String(v)}`);
    if (typeof rv !== 'number' || rv === 0)
      return refused('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
    if (typeof start !== 'string' || start === '')
      return refused('encoded start key empty (version meta.k8s.io/v1)');
    if (start.includes('..')) return refused(`encoded start key invalid: ${JSON.stringify(start)}`);
    return { ok: true, token: { rv, start } };
  } catch {
    return refused('illegal base64 data');
  }
}

const refused = (why: string): Refused => ({
  ok: false,
  status: badRequest(`invalid continue token: continue key is not valid: ${why}`),
});

/** The snapshot is gone; the client may go on from what is now, with the token that is given. */
export function continueExpired(start: string): Status {
  const why =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  const status = rejection('Expired', why);
  return { ...status, metadata: { continue: encodeContinue({ rv: -1, start }) } as never };
}
