/** What Kubernetes adds to CEL: quantities, addresses, ranges of them, URLs and formats (k8s.io/apiserver/pkg/cel/library). */
import { compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../quantity.ts';
import {
  isIP,
  looksLikeIP,
  parseCIDR,
  parseIP,
  type Range,
  specialRangeOf,
} from '../validation/ip.ts';
import {
  label1035Errors,
  labelErrors,
  labelValueErrors,
  qualifiedNameErrors,
  subdomainErrors,
} from '../validation/names.ts';
import { CelError, noOverload } from './error.ts';
import { semverFunctions, semverMethods, Version } from './semver.ts';
import { isSame, list, Opaque, Optional, text } from './values.ts';

class Amount extends Opaque {
  readonly type = 'kubernetes.Quantity';
  readonly quantity: Quantity;

  constructor(quantity: Quantity) {
    super();
    this.quantity = quantity;
  }

  same({ quantity }: Amount): boolean {
    return compareQuantities(this.quantity, quantity) === 0;
  }
}

class Address extends Opaque {
  readonly type = 'net.IP';
  readonly text: string;

  constructor(address: string) {
    super();
    this.text = address;
  }

  same(other: Address): boolean {
    const [a, b] = [parseIP(this.text)!, parseIP(other.text)!];
    return a.bits === b.bits && a.value === b.value;
  }
}

class Network extends Opaque {
  readonly type = 'net.CIDR';
  readonly text: string;
  readonly range: Range;

  constructor(given: string) {
    super();
    const range = parseCIDR(given);
    if (range === undefined)
      throw new CelError('network address parse error during conversion from string');
    this.text = given;
    this.range = range;
  }

  same({ range }: Network): boolean {
    const { address, prefix } = this.range;
    return (
      address.bits === range.address.bits &&
      address.value === range.address.value &&
      prefix === range.prefix
    );
  }

  contains({ address, prefix }: Range): boolean {
    const own = this.range;
    const shift = BigInt(own.address.bits - own.prefix);
    return (
      own.address.bits === address.bits &&
      prefix >= own.prefix &&
      address.value >> shift === own.address.value >> shift
    );
  }
}

class Link extends Opaque {
  readonly type = 'kubernetes.URL';
  readonly url: URL;

  constructor(url: URL) {
    super();
    this.url = url;
  }

  same({ url }: Link): boolean {
    return url.href === this.url.href;
  }
}

class Format extends Opaque {
  readonly type = 'kubernetes.NamedFormat';
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }

  same({ name }: Format): boolean {
    return name === this.name;
  }
}

const amount = (value: unknown): Quantity => {
  if (value instanceof Amount) return value.quantity;
  throw noOverload();
};

function quantityOf(given: unknown): Amount {
  const quantity = parseQuantity(text(given));
  if (quantity !== undefined) return new Amount(quantity);
  throw new CelError(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  );
}

const whole = 1_000_000_000n;
const integersMax = 2n ** 63n;

function isWhole({ nanos }: Quantity): boolean {
  return nanos % whole === 0n && nanos / whole < integersMax && nanos / whole >= -integersMax;
}

function added(value: unknown, other: unknown, by: 1n | -1n): Amount {
  const { nanos, format } = amount(value);
  const more = typeof other === 'number' ? BigInt(other) * whole : amount(other).nanos;
  return new Amount({ nanos: nanos + by * more, format });
}

const compared = (value: unknown, other: unknown): number =>
  value instanceof Version ? value.compare(other) : compareQuantities(amount(value), amount(other));

function urlOf(given: unknown): URL | undefined {
  const raw = text(given);
  // Go takes an absolute path for a URL, too; it has no scheme and no host.
  if (!raw.startsWith('/') && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(raw)) return undefined;
  try {
    return new URL(raw, nowhere);
  } catch {
    return undefined;
  }
}

const nowhere = 'none://none';
const isNowhere = ({ href }: URL): boolean => href.startsWith(nowhere);

function link(value: unknown): URL {
  if (value instanceof Link) return value.url;
  throw noOverload();
}

function address(given: unknown): Address {
  const raw = text(given);
  if (isIP(raw)) return new Address(raw);
  throw new CelError(`IP Address '${raw}' parse error during conversion from string`);
}

function ip(value: unknown): string {
  if (value instanceof Address) return value.text;
  throw noOverload();
}

function network(value: unknown): Network {
  if (value instanceof Network) return value;
  throw noOverload();
}

const asRange = (value: unknown): Range => {
  const plain = value instanceof Address ? value.text : text(value);
  const found = parseIP(plain);
  if (found === undefined) throw new CelError(`IP Address '${plain}' parse error`);
  return { address: found, prefix: found.bits, zeros: false };
};

const without = (prefix: RegExp, errorsOf: (name: string) => readonly string[]) => (name: string) =>
  errorsOf(name.replace(prefix, 'a'));
const dash = /-$/;

const formats: Readonly<Record<string, (value: string) => readonly string[]>> = {
  dns1123Label: labelErrors,
  dns1123Subdomain: subdomainErrors,
  dns1035Label: label1035Errors,
  qualifiedName: qualifiedNameErrors,
  dns1123LabelPrefix: without(dash, labelErrors),
  dns1123SubdomainPrefix: without(dash, subdomainErrors),
  dns1035LabelPrefix: without(dash, label1035Errors),
  labelValue: labelValueErrors,
  uri: (value) => (urlOf(value) === undefined ? ['invalid URI'] : []),
  uuid: (value) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
      ? []
      : ['does not match the UUID format'],
  byte: (value) =>
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)
      ? []
      : ['invalid base64'],
  date: (value) =>
    /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) ? [] : ['invalid date'],
  datetime: (value) =>
    /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)) ? [] : ['invalid datetime'],
};

type Method = (value: unknown, ...args: unknown[]) => unknown;

/** `ip.isCanonical` of an address: the shortest text of its family. */
const canonical = (given: string): string => {
  const found = parseIP(given);
  if (found === undefined || found.bits === 32) return given;
  return new URL(`http://[${given}]`).hostname.slice(1, -1);
};

export const kubernetesFunctions: Readonly<Record<string, Method>> = {
  ...semverFunctions,
  quantity: quantityOf,
  isQuantity: (given) => parseQuantity(text(given)) !== undefined,
  url(given) {
    const url = urlOf(given);
    if (url !== undefined) return new Link(url);
    throw new CelError('URL parse error during conversion from string: invalid URI for request');
  },
  isURL: (given) => urlOf(given) !== undefined,
  ip: address,
  isIP: (given) => isIP(text(given)),
  'ip.isCanonical'(given) {
    const raw = text(given);
    if (!looksLikeIP(raw)) throw new CelError(`IP Address '${raw}' parse error`);
    return canonical(raw) === raw;
  },
  cidr: (given) => new Network(text(given)),
  isCIDR: (given) => parseCIDR(text(given)) !== undefined,
  'format.named'(given) {
    const name = text(given);
    return formats[name] === undefined ? Optional.none : Optional.of(new Format(name));
  },
  ...Object.fromEntries(
    Object.keys(formats).map((name) => [`format.${name}`, () => new Format(name)]),
  ),
  'jsonpatch.escapeKey': (key) => text(key).replace(/~/g, '~0').replace(/\//g, '~1'),
  'sets.contains': (all, some) => list(some).every((one) => includes(list(all), one)),
  'sets.intersects': (all, some) => list(some).some((one) => includes(list(all), one)),
  'sets.equivalent': (a, b) =>
    list(a).every((one) => includes(list(b), one)) &&
    list(b).every((one) => includes(list(a), one)),
};

const includes = (all: readonly unknown[], one: unknown): boolean =>
  all.some((other) => isSame(other, one));

export const kubernetesMethods: Readonly<Record<string, Method>> = {
  ...semverMethods,
  isInteger: (value) => isWhole(amount(value)),
  asInteger(value) {
    const quantity = amount(value);
    if (isWhole(quantity)) return Number(quantity.nanos / whole);
    throw new CelError('cannot convert value to integer');
  },
  asApproximateFloat: (value) => Number(amount(value).nanos) / 1e9,
  sign: (value) => Math.sign(Number(amount(value).nanos)),
  add: (value, other) => added(value, other, 1n),
  sub: (value, other) => added(value, other, -1n),
  isLessThan: (value, other) => compared(value, other) < 0,
  isGreaterThan: (value, other) => compared(value, other) > 0,
  compareTo: (value, other) => Math.sign(compared(value, other)),
  getScheme: (value) => (isNowhere(link(value)) ? '' : link(value).protocol.slice(0, -1)),
  getHost: (value) => (isNowhere(link(value)) ? '' : link(value).host),
  getHostname: (value) =>
    isNowhere(link(value)) ? '' : link(value).hostname.replace(/^\[(.*)\]$/, '$1'),
  getPort: (value) => link(value).port,
  getEscapedPath: (value) => link(value).pathname,
  getQuery(value) {
    const { searchParams } = link(value);
    return Object.fromEntries(
      [...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]),
    );
  },
  family: (value) => (parseIP(ip(value))!.bits === 32 ? 4 : 6),
  isUnspecified: (value) => specialRangeOf(ip(value)) === 'unspecified',
  isLoopback: (value) => specialRangeOf(ip(value)) === 'loopback',
  isLinkLocalUnicast: (value) => specialRangeOf(ip(value)) === 'link-local',
  isLinkLocalMulticast: (value) => specialRangeOf(ip(value)) === 'link-local multicast',
  isGlobalUnicast: (value) => specialRangeOf(ip(value)) === undefined,
  containsIP: (value, other) => network(value).contains(asRange(other)),
  containsCIDR: (value, other) =>
    network(value).contains((other instanceof Network ? other : new Network(text(other))).range),
  ip: (value) => new Address(network(value).text.split('/')[0]!),
  masked(value) {
    const { range } = network(value);
    const { bits, value: own } = range.address;
    const shift = BigInt(bits - range.prefix);
    return new Network(`${addressText(bits, (own >> shift) << shift)}/${range.prefix}`);
  },
  prefixLength: (value) => network(value).range.prefix,
  validate(value, given) {
    if (!(value instanceof Format)) throw noOverload();
    const errors = formats[value.name]!(text(given));
    return errors.length === 0 ? Optional.none : Optional.of(errors);
  },
};

function addressText(bits: 32 | 128, value: bigint): string {
  const part = (i: number, width: bigint): bigint =>
    (value >> (BigInt(i) * width)) & ((1n << width) - 1n);
  if (bits === 32) return [3, 2, 1, 0].map((i) => part(i, 8n).toString()).join('.');
  return canonical([7, 6, 5, 4, 3, 2, 1, 0].map((i) => part(i, 16n).toString(16)).join(':'));
}

/** As `string()` writes it. */
export function opaqueText(value: Opaque): string | undefined {
  if (value instanceof Amount) return formatQuantity(value.quantity);
  if (value instanceof Address) return canonical(value.text);
  if (value instanceof Network) return value.text;
  return undefined;
}
