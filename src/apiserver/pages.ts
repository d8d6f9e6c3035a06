/** Pages of a list: the token that says where the next one begins, and at which revision (api-03 §2). */
import { jsonMistake } from '../api/jsonmistake.ts';
import { rejection, type Status } from '../api/status.ts';
import { badRequest } from './reject.ts';

interface Token {
  /** Revision of the snapshot; −1: whatever is now. */
  readonly rv: number;
  /** Keys of the collection before this one have been told. */
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
  const at = base64Mistake(text);
  if (at !== undefined) return refused(`: illegal base64 data at input byte ${at}`);
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const json = new TextDecoder().decode(bytes);
  const mistake = jsonMistake(json);
  if (mistake !== undefined) return refused(`: ${mistake}`);
  const {
    v = '',
    rv = 0,
    start = '',
  } = (JSON.parse(json) ?? {}) as Partial<Token> & {
    v?: string;
  };
  if (v !== 'meta.k8s.io/v1') {
    return refused(`: server does not recognize this encoded version ${String(v)}`);
  }
  if (typeof rv !== 'number' || rv === 0) {
    return refused(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  if (typeof start !== 'string' || start === '') {
    return refused(': encoded start key empty (version meta.k8s.io/v1)');
  }
  // Nobody climbs out of the collection.
  const parts = start.replace(/^\//, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return refused(`: ${start}`);
  }
  return { ok: true, token: { rv, start: parts.join('/') } };
}

/** Where it is no base64 for URLs without padding, as Go counts; undefined if it is some. */
function base64Mistake(text: string): number | undefined {
  const wrong = text.search(/[^A-Za-z0-9_-]/);
  if (wrong >= 0) return wrong;
  return text.length % 4 === 1 ? text.length - 1 : undefined;
}

const refused = (why: string): Refused => ({
  ok: false,
  status: badRequest(`invalid continue token: continue key is not valid${why}`),
});

/** The snapshot is gone; the client may go on from what is now, with the token that is given. */
export function continueExpired(start: string): Status {
  const why =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  const status = rejection('Expired', why);
  return { ...status, metadata: { continue: encodeContinue({ rv: -1, start }) } as never };
}
