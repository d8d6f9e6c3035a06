/**
 * Kubernetes quantities, exact: `100m`, `1.5Gi`, `2e3`, as an integer of nanos.
 *
 * Texts repeat endlessly (every Pod of a template), so parsing is remembered by text.
 */

export interface Quantity {
  /** Value × 10⁹, rounded up as upstream does beyond nanos. */
  readonly nanos: bigint;
  readonly format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent';
}

const nano = 1_000_000_000n;

const suffixes: Readonly<Record<string, readonly [Quantity['format'], bigint, bigint]>> = {
  n: ['DecimalSI', 1n, nano],
  u: ['DecimalSI', 1n, 1_000_000n],
  m: ['DecimalSI', 1n, 1_000n],
  '': ['DecimalSI', 1n, 1n],
  k: ['DecimalSI', 10n ** 3n, 1n],
  M: ['DecimalSI', 10n ** 6n, 1n],
  G: ['DecimalSI', 10n ** 9n, 1n],
  T: ['DecimalSI', 10n ** 12n, 1n],
  P: ['DecimalSI', 10n ** 15n, 1n],
  E: ['DecimalSI', 10n ** 18n, 1n],
  Ki: ['BinarySI', 2n ** 10n, 1n],
  Mi: ['BinarySI', 2n ** 20n, 1n],
  Gi: ['BinarySI', 2n ** 30n, 1n],
  Ti: ['BinarySI', 2n ** 40n, 1n],
  Pi: ['BinarySI', 2n ** 50n, 1n],
  Ei: ['BinarySI', 2n ** 60n, 1n],
};

const shape = /^([+-]?)0*(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d+)|(n|u|m|k|[MGTPE]|[KMGTPE]i)?)$/;

const parsed = new Map<string, Quantity | undefined>();
const rememberMax = 10_000;

/** Undefined if the text is no quantity. Numbers are taken as their text. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const key = String(text);
  if (parsed.has(key)) return parsed.get(key);
  const quantity = parse(key);
  if (parsed.size >= rememberMax) parsed.clear();
  parsed.set(key, quantity);
  return quantity;
}

/** As upstream's decoder divides the text; leading zeros are no part of the number. */
interface Parts {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
  readonly suffix: string;
  /** Of `1e3`; undefined where there is a suffix. */
  readonly exponent: number | undefined;
}

function partsOf(text: string): Parts | undefined {
  const found = text === '' ? null : shape.exec(text);
  if (found === null) return undefined;
  const [, sign, whole = '', fraction = '', e, power, suffix = ''] = found;
  const exponent = e === undefined ? undefined : Number(power);
  if (exponent !== undefined && Math.abs(exponent) > 64) return undefined;
  return { negative: sign === '-', whole: whole || '0', fraction, suffix, exponent };
}

function parse(text: string): Quantity | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const { negative, whole, fraction, suffix, exponent } = parts;
  let numerator = BigInt(whole + fraction) * nano;
  let denominator = 10n ** BigInt(fraction.length);
  let format: Quantity['format'];
  if (exponent !== undefined) {
    if (exponent >= 0) numerator *= 10n ** BigInt(exponent);
    else denominator *= 10n ** BigInt(-exponent);
    format = 'DecimalExponent';
  } else {
    const [kind, times, over] = suffixes[suffix]!;
    numerator *= times;
    denominator *= over;
    format = kind;
  }
  const exact = ceilDivide(numerator, denominator);
  const nanos = format === 'BinarySI' && exact > binaryMax ? binaryMax : exact;
  return { nanos: negative ? -nanos : nanos, format };
}

/** Upstream's decimals have no limit, but what is counted in powers of two ends with 64 bits. */
const binaryMax = (2n ** 63n - 1n) * nano;

const wrongSuffix = /^[+-]?\d*(\.\d*)?[eEinumkKMGTP]*[+-]?\d*$/;

/** Why a text is no quantity, in upstream's words; undefined if it is one. */
export function quantityMistake(text: string): string | undefined {
  if (parseQuantity(text) !== undefined) return undefined;
  return text !== '' && wrongSuffix.test(text)
    ? "unable to parse quantity's suffix"
    : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
}

/** Powers of ten and of two that suffixes stand for. */
const decimalPower = new Map([...'num', '', ...'kMGTPE'].map((name, i) => [name, i * 3 - 9]));
const binaryPower = new Map([...'KMGTPE'].map((name, i) => [`${name}i`, (i + 1) * 10]));

/**
 * Whether upstream keeps the text as it was typed: where it takes it for canonical without computing
 * that, which is nearly always right (`ParseQuantity`). `smallest`: no more decimals than those.
 */
export function isKeptAsTyped(text: string, smallest: number): boolean {
  const parts = partsOf(text);
  if (parts === undefined) return false;
  const { whole, fraction, suffix, exponent } = parts;
  const digits = whole + fraction;
  const two = exponent === undefined ? binaryPower.get(suffix) : undefined;
  if (two !== undefined) {
    const spare = 15 - whole.length - Math.trunc((two * 3) / 10) - 1;
    return fraction === '' && spare >= 0 && Number(whole) % 8 !== 0;
  }
  const scale = (exponent ?? decimalPower.get(suffix)!) - fraction.length;
  const isShort = digits.length <= 18 && scale >= -9;
  const isRound = digits.endsWith('000') || digits.startsWith('0');
  return isShort && scale % 3 === 0 && !isRound && scale >= -smallest;
}

const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** Away from zero, as upstream rounds what does not fit. */
const roundUp = (nanos: bigint, unit: bigint): number =>
  Number(nanos >= 0n ? ceilDivide(nanos, unit) : -ceilDivide(-nanos, unit));

/** Upstream's `Value()`: whole units, rounded up. 0 for what is no quantity. */
export const wholeOf = (text: string | number): number =>
  roundUp(parseQuantity(text)?.nanos ?? 0n, nano);

/** Upstream's `MilliValue()`: thousandths, rounded up. */
export const milliOf = (text: string | number): number =>
  roundUp(parseQuantity(text)?.nanos ?? 0n, 1_000_000n);

export const compareQuantities = (a: Quantity, b: Quantity): number =>
  a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;

/** Same value, however it is written. Texts that are no quantities are equal only to themselves. */
export function sameQuantity(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return left !== undefined && right !== undefined && left.nanos === right.nanos;
}

const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** The canonical text: the largest suffix that leaves no fraction, no more than three decimals. */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0';
  const negative = nanos < 0n;
  const magnitude = negative ? -nanos : nanos;
  const text = (number: bigint, suffix: string) => `${negative ? '-' : ''}${number}${suffix}`;
  if (format === 'BinarySI' && magnitude % nano === 0n && magnitude / nano >= 1024n) {
    let number = magnitude / nano;
    let power = 0;
    while (number % 1024n === 0n && power < binary.length - 1) {
      number /= 1024n;
      power += 1;
    }
    return text(number, binary[power]!);
  }
  let number = magnitude;
  let power = 0;
  while (number % 1000n === 0n && power < decimal.length - 1) {
    number /= 1000n;
    power += 1;
  }
  if (format !== 'DecimalExponent') return text(number, decimal[power]!);
  const exponent = power * 3 - 9;
  return text(number, exponent === 0 ? '' : `e${exponent}`);
}
