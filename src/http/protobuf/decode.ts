/** Protobuf bodies as the JSON that they stand for (api-09 §2). */
import { type Message, type MessageField, messageNameOf, messageOf } from './schema.ts';
import { fieldsIn, WireError } from './wire.ts';

const magic = [0x6b, 0x38, 0x73, 0x00];
const utf8 = new TextDecoder();
const deepest = 100;

type Json = Record<string, unknown>;

/** The object in an envelope. Throws a WireError. */
export function decodeBody(body: Uint8Array): Json {
  if (!magic.every((byte, i) => body[i] === byte)) {
    throw new WireError(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  }
  let type: Json = {};
  let raw = new Uint8Array();
  for (const { number, value } of fieldsIn(body.subarray(4))) {
    if (typeof value === 'bigint') continue;
    if (number === 1) type = typeMeta(value);
    else if (number === 2) raw = value as typeof raw;
  }
  const apiVersion = String(type['apiVersion'] ?? '');
  const kind = String(type['kind'] ?? '');
  const message = messageOf(messageNameOf(apiVersion, kind));
  if (message === undefined) {
    throw new WireError(`no kind "${kind}" is registered for version "${apiVersion}"`);
  }
  return { apiVersion, kind, ...decodeMessage(raw, message, 0) };
}

function typeMeta(bytes: Uint8Array): Json {
  const names = ['', 'apiVersion', 'kind'];
  const out: Json = {};
  for (const { number, value } of fieldsIn(bytes)) {
    if (typeof value !== 'bigint' && names[number]) out[names[number]] = utf8.decode(value);
  }
  return out;
}

function decodeMessage(bytes: Uint8Array, message: Message, depth: number): Json {
  if (depth > deepest) throw new WireError('proto: nested too deep');
  const out: Json = {};
  for (const { number, value } of fieldsIn(bytes)) {
    const field = message.byNumber.get(number);
    if (field !== undefined) put(out, field, value, depth);
    const inner = message.inline.get(number);
    if (inner === undefined || typeof value === 'bigint') continue;
    for (const one of fieldsIn(value)) {
      const inlined = inner.get(one.number);
      if (inlined !== undefined) put(out, inlined, one.value, depth);
    }
  }
  return out;
}

function put(out: Json, field: MessageField, value: bigint | Uint8Array, depth: number): void {
  const { name, shape, type, optional } = field;
  if (shape === 'list') {
    out[name] ??= [];
    (out[name] as unknown[]).push(decodedValue(type, value, depth) ?? zeroOf(type));
    return;
  }
  if (shape === 'map') {
    out[name] ??= {};
    const [key, part] = entryOf(value as Uint8Array, type, depth);
    Object.defineProperty(out[name], key, {
      value: part,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    return;
  }
  const decoded = decodedValue(type, value, depth);
  if (decoded === undefined || (!optional && isZero(decoded))) return;
  out[name] = decoded;
}

const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false;

function entryOf(bytes: Uint8Array, type: string, depth: number): [string, unknown] {
  let key = '';
  let part: unknown = zeroOf(type);
  for (const { number, value } of fieldsIn(bytes)) {
    if (number === 1) key = utf8.decode(value as Uint8Array);
    else if (number === 2) part = decodedValue(type, value, depth) ?? part;
  }
  return [key, part];
}

function zeroOf(type: string): unknown {
  if (type === 'str' || type === 'bytes' || type === 'Quantity') return '';
  if (type === 'bool') return false;
  return /^[if]\d+$/.test(type) ? 0 : {};
}

/** `undefined`: a time that is not set. */
function decodedValue(type: string, value: bigint | Uint8Array, depth: number): unknown {
  if (typeof value === 'bigint') {
    return type === 'bool' ? value !== 0n : Number(BigInt.asIntN(64, value));
  }
  switch (type) {
    case 'str':
      return utf8.decode(value);
    case 'bytes':
      return Buffer.from(value).toString('base64');
    case 'f64':
      return new DataView(value.buffer, value.byteOffset, 8).getFloat64(0, true);
    case 'time':
    case 'meta.Time':
      return timeOf(value, false);
    case 'meta.MicroTime':
      return timeOf(value, true);
    case 'Quantity':
      return utf8.decode(bytesAt(value, 1));
    case 'intstr':
    case 'IntOrString':
      return intOrString(value);
    case 'meta.Duration':
      return String(numberAt(value, 1));
    case 'object':
    case 'meta.FieldsV1':
    case 'runtime.RawExtension':
    case 'apiext.JSON':
      return jsonAt(value);
    default: {
      const message = messageOf(type);
      return message === undefined ? {} : decodeMessage(value, message, depth + 1);
    }
  }
}

function bytesAt(bytes: Uint8Array, wanted: number): Uint8Array {
  for (const { number, value } of fieldsIn(bytes)) {
    if (number === wanted && typeof value !== 'bigint') return value;
  }
  return new Uint8Array();
}

function numberAt(bytes: Uint8Array, wanted: number): number {
  for (const { number, value } of fieldsIn(bytes)) {
    if (number === wanted && typeof value === 'bigint') return Number(BigInt.asIntN(64, value));
  }
  return 0;
}

function timeOf(bytes: Uint8Array, micro: boolean): string | undefined {
  if (bytes.length === 0) return undefined;
  const ms = numberAt(bytes, 1) * 1000;
  if (Math.abs(ms) > 8.64e15) throw new WireError('time is out of range');
  const iso = new Date(ms).toISOString().slice(0, 19);
  if (!micro) return `${iso}Z`;
  const micros = Math.floor(numberAt(bytes, 2) / 1000);
  return `${iso}.${String(micros).padStart(6, '0')}Z`;
}

const intOrString = (bytes: Uint8Array): number | string =>
  numberAt(bytes, 1) === 1 ? utf8.decode(bytesAt(bytes, 3)) : numberAt(bytes, 2);

function jsonAt(bytes: Uint8Array): unknown {
  const raw = utf8.decode(bytesAt(bytes, 1));
  if (raw === '') return {};
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    throw new WireError('a raw extension is no JSON');
  }
}
