/** Prometheus' text format, version 0.0.4. */
import type { Histogram } from '../../sim/histogram.ts';

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All samples of one name. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
  /** Of a histogram. */
  readonly times?: readonly Timed[];
}

export interface Timed {
  readonly labels: Readonly<Record<string, string>>;
  readonly histogram: Histogram;
}

export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Families by name, labels by name, samples by their labels: as Prometheus' own registry writes them. */
export const exposition = (families: readonly Family[]): string =>
  [...families]
    .filter(({ samples, times = [] }) => samples.length + times.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((family) => {
      const { name, help, type, samples } = family;
      const lines =
        type === 'histogram'
          ? bucketLines(family)
          : samples.map(({ labels = {}, value }) => `${name}${labelText(labels)} ${value}`).sort();
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
    })
    .join('');

/** Buckets in the order of their bounds, each with all that is below it, and then sum and count. */
function bucketLines({ name, times = [] }: Family): readonly string[] {
  const byLabels = times
    .map(({ labels, histogram }) => ({ labels, histogram, text: labelText(labels) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
  return byLabels.flatMap(({ labels, histogram: { bounds, counts, sum }, text }) => {
    let below = 0;
    const buckets = counts.map((count, i) => {
      below += count;
      const le = i < bounds.length ? goFloat(bounds[i]!) : '+Inf';
      return `${name}_bucket${labelText(labels, { le })} ${below}`;
    });
    return [...buckets, `${name}_sum${text} ${goFloat(sum)}`, `${name}_count${text} ${below}`];
  });
}

/** As Go writes it: very small and large numbers with an exponent of two digits. */
export function goFloat(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e21)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** @param last comes after all others, whatever its name */
function labelText(
  labels: Readonly<Record<string, string>>,
  last: Readonly<Record<string, string>> = {},
): string {
  const named = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const pairs = [...named, ...Object.entries(last)];
  if (pairs.length === 0) return '';
  return `{${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
}

const escaped = (value: string): string =>
  value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
