/**
 * IP addresses and ranges of them, as texts. They are read as loosely as upstream always has, and then
 * what is ambiguous is refused (StrictIPCIDRValidation, on since 1.36).
 */
import { type Errors, invalid } from './errors.ts';

const addressRule = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const rangeRule = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
  /** Numbers begin with zeros that others read as octal. */
  readonly zeros: boolean;
  /** IPv4, written as IPv6. */
  readonly mapped: boolean;
}

export interface Range {
  readonly address: Address;
  readonly prefix: number;
  readonly zeros: boolean;
}

function parseIPv4(text: string): Address | undefined {
  if (!/^\d+(\.\d+){3}$/.test(text)) return undefined;
  const parts = text.split('.');
  if (parts.some((part) => Number(part) > 255)) return undefined;
  return {
    bits: 32,
    value: parts.reduce((sum, part) => sum * 256n + BigInt(Number(part)), 0n),
    zeros: parts.some((part) => part.length > 1 && part.startsWith('0')),
    mapped: false,
  };
}

/** Eight groups of up to four hexadecimal digits, of which `::` leaves some out; IPv4 may end it. */
function parseIPv6(text: string): Address | undefined {
  const tail = /(^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[2];
  const four = tail === undefined ? undefined : parseIPv4(tail);
  if (tail !== undefined && four === undefined) return undefined;
  const hex = (value: bigint) => value.toString(16);
  const whole =
    four === undefined
      ? text
      : `${text.slice(0, -tail!.length)}${hex(four.value >> 16n)}:${hex(four.value & 0xffffn)}`;
  const [head = '', rest, more] = whole.split('::');
  if (more !== undefined || !whole.includes(':')) return undefined;
  const groupsOf = (part: string | undefined) => (part ? part.split(':') : []);
  const [left, right] = [groupsOf(head), groupsOf(rest)];
  if (![...left, ...right].every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const missing = 8 - left.length - right.length;
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...new Array<string>(missing).fill('0'), ...right];
  const value = all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
  return { bits: 128, value, zeros: four?.zeros ?? false, mapped: value >> 32n === 0xffffn };
}

export const parseIP = (text: unknown): Address | undefined =>
  typeof text === 'string' ? (parseIPv4(text) ?? parseIPv6(text)) : undefined;

/** An address as everybody should write it; IPv4 that was written as IPv6 is IPv4 again. */
export const addressText = ({ bits, value, mapped }: Address): string =>
  bits === 32 || mapped ? textV4(value & 0xffff_ffffn) : textV6(value);

const textV4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');

/** The first of the longest runs of zeros is left out (RFC 5952). */
function textV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => (value >> BigInt(16 * (7 - i))) & 0xffffn);
  let [from, length] = [0, 0];
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0n) j++;
    if (j - i > length) [from, length] = [i, j - i];
  }
  const hex = (part: readonly bigint[]) => part.map((group) => group.toString(16)).join(':');
  return length < 2
    ? hex(groups)
    : `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`;
}

function problemOf(text: unknown): string | undefined {
  const address = parseIP(text);
  if (address === undefined) return addressRule;
  if (address.zeros) return 'must not have leading 0s';
  return address.mapped ? 'must not be an IPv4-mapped IPv6 address' : undefined;
}

/** What is wrong with an object that is called as an address. */
export const addressNameErrors = (name: string): readonly string[] => {
  const why = problemOf(name);
  return why === undefined ? [] : [why];
};

export const isIP = (text: unknown): text is string => problemOf(text) === undefined;

export const isIPv4 = (text: string): boolean => isIP(text) && parseIP(text)!.bits === 32;

/** Whether it can be read as an address at all. */
export const looksLikeIP = (text: unknown): boolean => parseIP(text) !== undefined;

export function validateIP(errors: Errors, field: string, text: unknown): void {
  const why = problemOf(text);
  if (why !== undefined) errors.push(invalid(field, text, why));
}

export function parseCIDR(text: unknown): Range | undefined {
  const [ip, length, more] = String(text).split('/');
  const address = parseIP(ip);
  if (address === undefined || more !== undefined || !/^\d+$/.test(length ?? '')) return undefined;
  const prefix = Number(length);
  if (prefix > address.bits) return undefined;
  const zeros = address.zeros || (length!.length > 1 && length!.startsWith('0'));
  return { address, prefix, zeros };
}

const hostBits = ({ address, prefix }: Range): bigint => BigInt(address.bits - prefix);

/** Whether all addresses of `inner` are in `outer`, and not all of `outer` are in `inner`. */
export const isWithin = (inner: Range, outer: Range): boolean =>
  inner.address.bits === outer.address.bits &&
  inner.prefix > outer.prefix &&
  inner.address.value >> hostBits(outer) === outer.address.value >> hostBits(outer);

export function validateCIDR(errors: Errors, field: string, text: unknown): void {
  const range = parseCIDR(text);
  if (range === undefined) {
    errors.push(invalid(field, text, rangeRule));
  } else if (range.zeros) {
    errors.push(invalid(field, text, 'must not have leading 0s in IP or prefix length'));
  } else if (range.address.mapped) {
    errors.push(invalid(field, text, 'must not have an IPv4-mapped IPv6 address'));
  } else if (range.address.value & ((1n << hostBits(range)) - 1n)) {
    errors.push(invalid(field, text, 'must not have bits set beyond the prefix length'));
  }
}

const within = (value: bigint, network: string): boolean => {
  const range = parseCIDR(network)!;
  return value >> hostBits(range) === range.address.value >> hostBits(range);
};

const special: readonly (readonly [readonly [string, string], string])[] = [
  [['127.0.0.0/8', '::1/128'], 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [
    ['169.254.0.0/16', 'fe80::/10'],
    'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  ],
  [
    ['224.0.0.0/24', 'ff02::/16'],
    'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  ],
];

/** Of addresses that lead nowhere from another machine: what they are. */
export function specialRangeOf(ip: string): string | undefined {
  const address = parseIP(ip);
  if (address === undefined || address.value === 0n) return 'unspecified';
  const at = address.bits === 32 ? 0 : 1;
  const found = special.findIndex(([ranges]) => within(address.value, ranges[at]));
  return ['loopback', 'link-local', 'link-local multicast'][found];
}

/** Why an address leads nowhere from another machine, if it does. */
export function specialAddress(ip: string): string | undefined {
  const address = parseIP(ip);
  if (address === undefined) return 'must be a valid IP address';
  if (address.value === 0n) return `may not be unspecified (${ip})`;
  const at = address.bits === 32 ? 0 : 1;
  return special.find(([ranges]) => within(address.value, ranges[at]))?.[1];
}
