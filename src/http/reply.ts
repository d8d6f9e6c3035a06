/** Answers: bodies, headers, and how Go would have written the JSON (api-01 §1, api-02 §1). */
import type { ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import type { Status } from '../api/status.ts';
import { type Encoding, mediaTypes } from './negotiation.ts';
import { encodeBody } from './protobuf/encode.ts';

/** JSON as Go's encoder escapes it. */
export function goJson(value: unknown, indent = false): string {
  const text = indent ? JSON.stringify(value, undefined, 2) : JSON.stringify(value);
  return /[<>&\u2028\u2029]/.test(text) ? text.replace(/[<>&\u2028\u2029]/g, escaped) : text;
}

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

export interface Answer {
  readonly code: number;
  readonly body: unknown;
  /** Its JSON, where that need not be made of `body`. */
  readonly json?: () => string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as it is, with this type. */
  readonly text?: { readonly type: string; readonly content: string | Uint8Array };
  /** What the audit log says of it besides. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Manner {
  readonly encoding: Encoding;
  readonly pretty: boolean;
  /** Content type, where it says more than the encoding. */
  readonly type?: string;
}

export const plain: Manner = { encoding: 'json', pretty: false };

export const statusAnswer = (status: Status): Answer => ({
  code: status.code,
  body: withoutEmptyReason(status),
  ...(status.details?.retryAfterSeconds === undefined
    ? {}
    : { headers: { 'Retry-After': String(status.details.retryAfterSeconds) } }),
});

function withoutEmptyReason(status: Status): unknown {
  if (status.reason !== '') return status;
  const { reason: _none, ...rest } = status;
  return rest;
}

export const textAnswer = (
  code: number,
  content: string | Uint8Array,
  type = 'text/plain; charset=utf-8',
): Answer => ({ code, body: undefined, text: { type, content } });

const shortMax = 16 * 1024;

/** Writes the whole answer. */
export function send(response: ServerResponse, answer: Answer, manner: Manner): void {
  const { type, content } = answer.text ?? encodedBody(answer, manner);
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    response.setHeader(name, value as string | string[]);
  }
  // A short text goes with the headers in one write.
  const isShort = typeof content === 'string' && content.length < shortMax;
  const body = typeof content === 'string' && !isShort ? Buffer.from(content) : content;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  response.writeHead(answer.code, { 'Content-Type': type, 'Content-Length': length });
  response.end(body);
}

function encodedBody(answer: Answer, { encoding, pretty, type }: Manner) {
  if (encoding === 'json' && !pretty && answer.json !== undefined) {
    return { type: type ?? mediaTypes.json, content: `${answer.json()}\n` };
  }
  const { body } = answer;
  if (encoding === 'yaml') {
    const content = stringify(body, {
      aliasDuplicateObjects: false,
      lineWidth: 0,
      sortMapEntries: true,
    });
    return { type: type ?? mediaTypes.yaml, content };
  }
  const bytes =
    encoding === 'protobuf' ? encodeBody(body as Readonly<Record<string, unknown>>) : undefined;
  if (bytes !== undefined) return { type: mediaTypes.protobuf, content: bytes };
  return { type: type ?? mediaTypes.json, content: `${goJson(body, pretty)}\n` };
}
