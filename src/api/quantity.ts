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

const shape = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([eE])([+-]?\d+)|(n|u|m|k|[MGTPE]|[KMGTPE]i)?)$/;

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

function parse(text: string): Quantity | undefined {
  const found = shape.exec(text);
  if (found === null) return undefined;
  const [, sign, digits, exponentSign, exponent, suffix = ''] = found;
  const [whole = '', fraction = ''] = digits!.split('.');
  let numerator = BigInt(whole + fraction || '0') * nano;
  let denominator = 10n ** BigInt(fraction.length);
  let format: Quantity['format'];
  if (exponentSign !== undefined) {
    const power = Number(exponent);
    if (Math.abs(power) > 64) return undefined;
    if (power >= 0) numerator *= 10n ** BigInt(power);
    else denominator *= 10n ** BigInt(-power);
    format = 'DecimalExponent';
  } else {
    const [kind, times, over] = suffixes[suffix]!;
    numerator *= times;
    denominator *= over;
    format = kind;
  }
  const nanos = ceilDivide(numerator, denominator);
  return { nanos: sign === '-' ? -nanos : nanos, format };
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
