/** Versions as semver.org has them (Kubernetes' semver library of CEL). */
import { CelError, noOverload } from './error.ts';
import { Opaque, text } from './values.ts';

const shape =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

/** `v1`, `1.02`: what is no version as it stands, and can be read as one. */
function normalized(given: string): string {
  const [, numbers = '', rest = ''] = /^v?([\d.]+)(.*)$/.exec(given) ?? [];
  const parts = numbers.split('.').map((part) => String(Number(part)));
  while (parts.length < 3) parts.push('0');
  return `${parts.join('.')}${rest}`;
}

export class Version extends Opaque {
  readonly type = 'kubernetes.Semver';
  readonly numbers: readonly number[];
  readonly #pre: readonly string[];

  constructor(given: string) {
    super();
    const found = shape.exec(given);
    if (found === null) throw new CelError(`invalid semver ${JSON.stringify(given)}`);
    this.numbers = found.slice(1, 4).map(Number);
    this.#pre = found[4]?.split('.') ?? [];
  }

  /** Below 0, 0 or above it; what comes before a release is less than it. */
  compare(other: unknown): number {
    if (!(other instanceof Version)) throw noOverload();
    for (const [i, number] of this.numbers.entries()) {
      if (number !== other.numbers[i]) return number - other.numbers[i]!;
    }
    const [a, b] = [this.#pre, other.#pre];
    if (a.length === 0 || b.length === 0) return b.length - a.length;
    for (const [i, part] of a.entries()) {
      const rest = b[i];
      if (rest === undefined) return 1;
      if (part === rest) continue;
      const [left, right] = [part, rest].map((one) =>
        /^\d+$/.test(one) ? Number(one) : undefined,
      );
      if (left !== undefined && right !== undefined) return left - right;
      if (left !== undefined || right !== undefined) return left !== undefined ? -1 : 1;
      return part < rest ? -1 : 1;
    }
    return a.length - b.length;
  }

  same(other: Version): boolean {
    return this.compare(other) === 0;
  }
}

const read = (given: unknown, isLoose: unknown): string =>
  isLoose === true ? normalized(text(given)) : text(given);

type Callable = (...args: unknown[]) => unknown;

export const semverFunctions: Readonly<Record<string, Callable>> = {
  semver: (given, isLoose) => new Version(read(given, isLoose)),
  isSemver: (given, isLoose) => shape.test(read(given, isLoose)),
};

const part =
  (i: number): Callable =>
  (value) => {
    if (value instanceof Version) return value.numbers[i];
    throw noOverload();
  };

export const semverMethods: Readonly<Record<string, Callable>> = {
  major: part(0),
  minor: part(1),
  patch: part(2),
};
