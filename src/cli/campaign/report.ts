/** What came of a campaign, or of a part of it: one line of JSON, which parts are joined from. */
import { eventually } from '../../../properties/index.ts';
import { joined, type Played } from '../../../properties/play.ts';
import type { Found } from '../../../properties/search.ts';
import { UsageError } from '../../errors.ts';
import { version } from '../../version.ts';
import { unreadyPods } from '../converged.ts';
import { basesOf, digestOf, rules, runsIn, type Shard, toWitness, whole } from './campaign.ts';
import type { Task } from './share.ts';

export const format = 'kubestep-campaign';

export interface Report {
  readonly format: typeof format;
  readonly engine: string;
  /** What was searched, in the words of the command. */
  readonly what: string;
  readonly runs: number;
  readonly seed: number;
  /** Of all that decides what the runs are. */
  readonly digest: string;
  readonly shard: Shard;
  /** If only one run was played: such a report is no part of anything. */
  readonly only?: number;
  readonly rules: number;
  readonly toWitness: number;
  /** Runs of this part that held: all, or those before the finding. */
  readonly passed: number;
  /** Known defects of Kubernetes, and the runs that met them. */
  readonly known: Played['known'];
  /** `sometimes` rules, and the first run that witnessed each. */
  readonly witnessed: Played['witnessed'];
  readonly found?: Finding;
}

/** A broken rule, in the smallest story that breaks it. */
export interface Finding {
  readonly run: number;
  readonly id: string;
  readonly claim: string;
  readonly problem: string;
  /** The entry at which it first was broken. */
  readonly n: number;
  readonly numbers: readonly number[];
  readonly shrunkFrom: number;
  readonly story: readonly { readonly t: number; readonly text: string }[];
  /** Pods that were not ready when a cluster at rest was not as desired, and why. */
  readonly unready?: readonly string[];
}

export function reportOf(
  { campaign, shard, only }: Task,
  what: string,
  { known, witnessed }: Played,
  found: Found | undefined,
): Report {
  const { runs, seed } = campaign;
  const last = found === undefined ? runs : found.runs - 1;
  return {
    format,
    engine: version,
    what,
    runs,
    seed,
    digest: digestOf(campaign),
    shard,
    ...(only === undefined ? {} : { only }),
    rules,
    toWitness: toWitness(basesOf(campaign)),
    passed: only === undefined ? runsIn(shard, last) : Number(found === undefined),
    known,
    witnessed,
    ...(found === undefined ? {} : { found: findingOf(found) }),
  };
}

function findingOf({ broken, numbers, trial, runs, shrunkFrom }: Found): Finding {
  const story = trial.happenings.map(({ t, text }) => ({ t, text }));
  const isAtRest = eventually.some(({ id }) => id === broken.id);
  const unready = isAtRest ? unreadyPods(trial.simulation.store.view()) : [];
  return {
    run: runs,
    ...broken,
    numbers,
    shrunkFrom,
    story,
    ...(unready.length === 0 ? {} : { unready }),
  };
}

/** A report, and the file that it was read from. */
export interface Given {
  readonly file: string;
  readonly report: Report;
}

/** Reads a file with a report in each of its lines. */
export function readReports(text: string, file: string): readonly Given[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0)
    throw new UsageError(`${file}: empty; expected a report of kubestep check`);
  return lines.map((line, i) => ({ file, report: readReport(line, `${file}:${i + 1}`) }));
}

function readReport(line: string, where: string): Report {
  let report: Partial<Report> | null;
  try {
    report = JSON.parse(line) as Partial<Report> | null;
  } catch {
    report = null;
  }
  if (report?.format !== format || !isWhole(report)) {
    throw new UsageError(
      `${where}: not a report of a campaign; expected what kubestep check --report or -o json wrote`,
    );
  }
  return report as Report;
}

const isMapping = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** What joining relies on. */
const isWhole = ({ digest, what, shard, only, runs, known, witnessed, found }: Partial<Report>) =>
  only === undefined &&
  typeof digest === 'string' &&
  typeof what === 'string' &&
  typeof shard?.index === 'number' &&
  typeof shard.of === 'number' &&
  typeof runs === 'number' &&
  isMapping(known) &&
  Object.values(known!).every(Array.isArray) &&
  isMapping(witnessed) &&
  (found === undefined || (typeof found.run === 'number' && Array.isArray(found.story)));

/** The report of the whole campaign. A part that is missing, there twice or of another one is a mistake. */
export function merged(given: readonly Given[]): Report {
  const [first, ...others] = given;
  if (first === undefined) {
    throw new UsageError('merge: no report given; expected those of all shards of one campaign');
  }
  const { report } = first;
  const { of } = report.shard;
  const byShard = new Map<number, Given>([[report.shard.index, first]]);
  for (const one of others) {
    const other = one.report;
    if (other.digest !== report.digest) {
      throw new UsageError(
        `${one.file}: ${differenceOf(other, report)}, not the campaign of ${first.file}; merge the shards of one`,
      );
    }
    const { shard } = other;
    if (shard.of !== of) {
      throw new UsageError(
        `${one.file}: one of ${shard.of} shards, but ${first.file} is one of ${of}; merge shards of one division`,
      );
    }
    const twin = byShard.get(shard.index);
    if (twin !== undefined) {
      throw new UsageError(
        `${one.file}: shard ${shard.index}/${of} is in ${twin.file} already; give each shard once`,
      );
    }
    byShard.set(shard.index, one);
  }
  const missing = Array.from({ length: of }, (_, i) => i).filter((i) => !byShard.has(i));
  if (missing.length > 0) {
    const names = missing.slice(0, 8).map((i) => `${i}/${of}`);
    const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : '';
    throw new UsageError(`merge: no report of shard ${names.join(', ')}${more}; give all of them`);
  }
  return { ...report, ...outcomeOf([...byShard.values()].map((one) => one.report)) };
}

function outcomeOf(reports: readonly Report[]) {
  const parts = reports.map(({ known, witnessed, found }) => ({
    known,
    witnessed,
    ...(found === undefined ? {} : { broke: { run: found.run } }),
  }));
  const { broke, known, witnessed } = joined(parts);
  const found = reports.find((report) => report.found?.run === broke?.run)?.found;
  const { runs } = reports[0]!;
  const passed = broke === undefined ? runs : broke.run - 1;
  return {
    shard: whole,
    passed,
    known,
    witnessed,
    ...(broke === undefined ? {} : { found: found! }),
  };
}

function differenceOf(one: Report, other: Report): string {
  if (one.engine !== other.engine) return `of kubestep ${one.engine}`;
  if (one.what !== other.what) return `a search of ${one.what || 'all worlds'}`;
  if (one.seed !== other.seed) return `of seed ${one.seed}`;
  if (one.runs !== other.runs) return `of ${one.runs} runs`;
  return 'a search of other files';
}
