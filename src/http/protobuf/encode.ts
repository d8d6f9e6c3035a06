/** Objects as protobuf bodies, for clients that ask for them (api-09 §2). */
import { type Message, type MessageField, messageNameOf, messageOf } from './schema.ts';
import { Writer } from './wire.ts';

type Json = Readonly<Record<string, unknown>>;

const magic = Uint8Array.from([0x6b, 0x38, 0x73, 0x00]);

/** `undefined`: the API has no message for it, as for custom resources and Tables. */
export function encodeBody(object: Json): Uint8Array | undefined {
  const apiVersion = String(object['apiVersion'] ?? '');
  const kind = String(object['kind'] ?? '');
  const raw = rawOf(object, apiVersion, kind);
  if (raw === undefined) return undefined;
  const type = new Writer();
  type.text(1, apiVersion);
  type.text(2, kind);
  const envelope = new Writer();
  envelope.bytes(1, type.finish());
  envelope.bytes(2, raw);
  envelope.text(3, '');
  envelope.text(4, '');
  const body = envelope.finish();
  const out = new Uint8Array(magic.length + body.length);
  out.set(magic);
  out.set(body, magic.length);
  return out;
}

export const hasMessage = (apiVersion: string, kind: string): boolean =>
  messageOf(messageNameOf(apiVersion, kind)) !== undefined;

/**
 * A frame of a watch: its length, then a WatchEvent whose object is a whole body. `undefined` where the
 * object has no message.
 */
export function encodeEvent(type: string, object: Json): Uint8Array | undefined {
  const body = encodeBody(object);
  if (body === undefined) return undefined;
  const extension = new Writer();
  extension.bytes(1, body);
  const event = new Writer();
  event.text(1, type);
  event.bytes(2, extension.finish());
  const bytes = event.finish();
  const frame = new Uint8Array(4 + bytes.length);
  new DataView(frame.buffer).setUint32(0, bytes.length);
  frame.set(bytes, 4);
  return frame;
}

/** A message by its name, without an envelope. */
export const encodeAs = (name: string, value: Json): Uint8Array =>
  encodeMessage(value, messageOf(name)!);

function rawOf(object: Json, apiVersion: string, kind: string): Uint8Array | undefined {
  const message = messageOf(messageNameOf(apiVersion, kind));
  if (message !== undefined) return encodeMessage(object, message);
  const item = kind.endsWith('List')
    ? messageOf(messageNameOf(apiVersion, kind.slice(0, -'List'.length)))
    : undefined;
  if (item === undefined) return undefined;
  const list = new Writer();
  list.bytes(1, encodeMessage((object['metadata'] ?? {}) as Json, messageOf('meta.ListMeta')!));
  for (const one of (object['items'] ?? []) as readonly Json[]) {
    list.bytes(2, encodeMessage(one, item));
  }
  return list.finish();
}

function encodeMessage(object: Json, message: Message): Uint8Array {
  const writer = new Writer();
  const inline = new Map<number, Writer>();
  for (const field of message.fields) {
    const value = object[field.name];
    if (value === undefined || value === null) continue;
    let target = writer;
    if (field.within !== undefined) {
      target = inline.get(field.within) ?? new Writer();
      inline.set(field.within, target);
    }
    encodeField(target, field, value);
  }
  for (const [number, inner] of inline) writer.bytes(number, inner.finish());
  return writer.finish();
}

function encodeField(writer: Writer, { number, shape, type }: MessageField, value: unknown): void {
  if (shape === 'list') {
    for (const item of value as readonly unknown[]) encodeValue(writer, number, type, item);
    return;
  }
  if (shape === 'map') {
    for (const [key, part] of Object.entries(value as Json)) {
      const entry = new Writer();
      entry.text(1, key);
      encodeValue(entry, 2, type, part);
      writer.bytes(number, entry.finish());
    }
    return;
  }
  encodeValue(writer, number, type, value);
}

function encodeValue(writer: Writer, number: number, type: string, value: unknown): void {
  switch (type) {
    case 'str':
      return writer.text(number, String(value));
    case 'bool':
      return writer.varint(number, value === true ? 1n : 0n);
    case 'i32':
    case 'i64':
      return writer.varint(number, BigInt(Math.trunc(Number(value) || 0)));
    case 'f64':
      return writer.double(number, Number(value));
    case 'bytes':
      return writer.bytes(number, Buffer.from(String(value), 'base64'));
    default:
      return writer.bytes(number, encodeSpecial(type, value));
  }
}

function encodeSpecial(type: string, value: unknown): Uint8Array {
  const writer = new Writer();
  switch (type) {
    case 'time':
    case 'meta.Time':
    case 'meta.MicroTime': {
      const text = String(value);
      writer.varint(1, BigInt(Math.floor(Date.parse(text) / 1000) || 0));
      const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
      writer.varint(2, BigInt(fraction.padEnd(9, '0') || '0'));
      break;
    }
    case 'Quantity':
      writer.text(1, String(value));
      break;
    case 'intstr':
    case 'IntOrString': {
      const isText = typeof value === 'string';
      writer.varint(1, isText ? 1n : 0n);
      writer.varint(2, isText ? 0n : BigInt(Math.trunc(Number(value) || 0)));
      writer.text(3, isText ? value : '');
      break;
    }
    case 'object':
    case 'meta.FieldsV1':
    case 'runtime.RawExtension':
    case 'apiext.JSON':
      writer.text(1, JSON.stringify(value));
      break;
    default: {
      const message = messageOf(type);
      return message === undefined ? new Uint8Array() : encodeMessage(value as Json, message);
    }
  }
  return writer.finish();
}
