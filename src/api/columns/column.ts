/** What a column of a server-side table is, and the cells that many kinds share (api-08). */
import type { KubeObject } from '../meta.ts';
import type { LabelSelector, PodTemplateSpec } from '../pod/podspec.ts';
import { selectorText } from '../selectors/selectortext.ts';
import { parseTimestamp } from '../time.ts';

/** Null: nothing is there to be shown. */
export type Cell = string | number | boolean | null;

interface Declared {
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

export interface Column<T extends KubeObject = KubeObject> {
  /** As the server names it: `Up-to-date`. kubectl prints it in upper case. */
  readonly name: string;
  /** Shown with `-o wide` only: priority 1. */
  readonly wide?: true;
  /** How a table declares it, where that is not known of the kind. */
  readonly declared?: Declared;
  /** `now` in simulated milliseconds. */
  readonly cell: (object: T, now: number) => Cell;
}

/** One column. */
export const column = <T extends KubeObject>(
  name: string,
  cell: (object: T, now: number) => Cell | undefined,
  wide?: true,
): Column<T> => ({
  name,
  cell: (object, now) => cell(object, now) ?? '<none>',
  ...(wide ? { wide } : {}),
});

/** How long ago a timestamp was, `<unknown>` for none. */
export const ageOf = (timestamp: string | undefined, now: number): string =>
  timestamp === undefined ? '<unknown>' : humanDuration(now - parseTimestamp(timestamp));

export const nameColumn = column<KubeObject>('Name', ({ metadata }) => metadata.name);

export const ageColumn = column<KubeObject>('Age', ({ metadata }, now) =>
  ageOf(metadata.creationTimestamp, now),
);

/** Of kinds that have no table of their own upstream. */
export const createdColumn = column<KubeObject>(
  'Created At',
  ({ metadata }) => metadata.creationTimestamp,
);

/** A kind that says nothing of its table. */
export const defaultColumns: readonly Column[] = [nameColumn, ageColumn];

/** A duration in two units at most, as kubectl writes it. */
export function humanDuration(ms: number): string {
  if (ms < -1_000) return '<invalid>';
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 120) return `${s}s`;
  const m = Math.floor(s / 60);
  if (m < 10) return both(m, 'm', s % 60, 's');
  if (m < 180) return `${m}m`;
  const h = Math.floor(m / 60);
  if (h < 8) return both(h, 'h', m % 60, 'm');
  if (h < 48) return `${h}h`;
  const d = Math.floor(h / 24);
  if (d < 8) return both(d, 'd', h % 24, 'h');
  if (d < 730) return `${d}d`;
  const y = Math.floor(d / 365);
  return y < 8 ? both(y, 'y', d % 365, 'd') : `${y}y`;
}

const both = (large: number, unit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smallUnit}`;

/** `Labels(m)`: `k=v,k2=v2` sorted by key. */
export const labelsText = (labels: Readonly<Record<string, string>> | undefined): string =>
  labels === undefined || Object.keys(labels).length === 0
    ? '<none>'
    : Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}=${value}`)
        .join(',');

/** What has a Pod template. */
interface Templated extends KubeObject {
  readonly spec: { readonly template: PodTemplateSpec };
}

interface Selecting extends Templated {
  readonly spec: { readonly template: PodTemplateSpec; readonly selector: LabelSelector };
}

const listOf = ({ spec }: Templated, field: 'name' | 'image'): string =>
  spec.template.spec.containers.map((container) => container[field]).join(',');

/** The wide columns of whatever makes Pods. */
export const templateColumns: readonly Column<Templated>[] = [
  column('Containers', (object) => listOf(object, 'name'), true),
  column('Images', (object) => listOf(object, 'image'), true),
];

export const selectorColumn = column<Selecting>(
  'Selector',
  ({ spec }) => selectorText(spec.selector) || '<none>',
  true,
);
