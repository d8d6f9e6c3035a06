/** Quantities by resource, exact, and their arithmetic as upstream has it (k8s.io/apiserver/pkg/quota/v1). */
import type { PodSpec, ResourceRequirements } from './pod/podspec.ts';
import { formatQuantity, parseQuantity, type Quantity } from './quantity.ts';

export type Quantities = Readonly<Record<string, Quantity>>;
export type QuantityTexts = Readonly<Record<string, string>>;

/** What is no quantity is left out. */
export function quantitiesOf(texts: QuantityTexts | undefined): Quantities {
  const found: Record<string, Quantity> = {};
  for (const name in texts) {
    const quantity = parseQuantity(texts[name]!);
    if (quantity !== undefined) found[name] = quantity;
  }
  return found;
}

/** In the order of the names. */
export const textsOf = (quantities: Quantities): QuantityTexts =>
  Object.fromEntries(
    Object.keys(quantities)
      .sort()
      .map((name) => [name, formatQuantity(quantities[name]!)]),
  );

export const countOf = (number: number): Quantity => ({
  nanos: BigInt(number) * 1_000_000_000n,
  format: 'DecimalSI',
});

/** Nothing has no format of its own: it takes that of what is added. */
export const plus = (a: Quantity, b: Quantity): Quantity => ({
  nanos: a.nanos + b.nanos,
  format: a.nanos === 0n ? b.format : a.format,
});

/** What either has; both, where both have it. */
export function sumOf(a: Quantities, b: Quantities): Quantities {
  const sum: Record<string, Quantity> = { ...a };
  for (const name in b) {
    const before = sum[name];
    sum[name] = before === undefined ? b[name]! : plus(before, b[name]!);
  }
  return sum;
}

export function greatestOf(a: Quantities, b: Quantities): Quantities {
  const greatest: Record<string, Quantity> = { ...a };
  for (const name in b) {
    const before = greatest[name];
    if (before === undefined || before.nanos < b[name]!.nanos) greatest[name] = b[name]!;
  }
  return greatest;
}

export const only = (quantities: Quantities, keep: (name: string) => boolean): Quantities =>
  Object.fromEntries(Object.entries(quantities).filter(([name]) => keep(name)));

/** The same names with the same values, however they are written. */
export function sameQuantities(a: Quantities, b: Quantities): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => a[name]!.nanos === b[name]?.nanos)
  );
}

/** Resources that a Pod may ask for as a whole. */
export const isOfPods = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/** Whether a Pod says for itself, and not only for its containers, what it needs. */
export const asksAsWhole = ({ resources }: PodSpec): boolean =>
  [resources?.requests, resources?.limits].some((one) => Object.keys(one ?? {}).some(isOfPods));

/**
 * What a Pod asks for: the sum of its containers, at least the largest init container, sidecars counted
 * from where they start; what it asks for as a whole takes the place of that.
 */
export function totalOf(spec: PodSpec, part: keyof ResourceRequirements): Quantities {
  let sum: Quantities = {};
  for (const { resources } of spec.containers ?? []) {
    sum = sumOf(sum, quantitiesOf(resources?.[part]));
  }
  let sidecars: Quantities = {};
  let most: Quantities = {};
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    const own = quantitiesOf(resources?.[part]);
    if (restartPolicy === 'Always') {
      sum = sumOf(sum, own);
      sidecars = sumOf(sidecars, own);
      most = greatestOf(most, sidecars);
    } else {
      most = greatestOf(most, sumOf(own, sidecars));
    }
  }
  return { ...greatestOf(sum, most), ...only(quantitiesOf(spec.resources?.[part]), isOfPods) };
}
