/**
 * A log of a million entries: rolling updates of a Deployment of 1,000 Pods, one after the other.
 *
 *     log.ts ENTRIES
 *
 * Restoring it against only parsing its lines, seeking in it, appending it to a file that is made durable in
 * batches, and playing it again against having played it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '../src/api/deployment.ts';
import { decodeLog, Encoder, encodeHeader } from '../src/log/codec.ts';
import { reexecute } from '../src/replay/reexecute.ts';
import { History } from '../src/replay/restore.ts';
import { chance } from '../src/sim/chance.ts';
import { planFor, Run } from '../src/sim/run.ts';
import { scenarioOf } from '../src/sim/scenario/parse.ts';
import type { Step } from '../src/sim/scenario/types.ts';
import { LogStream } from '../src/storage/logstream.ts';
import { cpuSeconds } from './harness.ts';

const entriesMin = Number(process.argv[2] ?? 1_000_000);

const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image }] },
});
const selector = { matchLabels: { app: 'web' } };
const spec = { replicas: 1000, selector, template: template('web:v0') };
const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
const nodes = Array.from({ length: 20 }, (_, i) => ({ name: `n${i + 1}` }));

/** Entries that one rolling update makes, about. */
const perRollout = 50_000;

function timed<T>(work: () => T): { readonly seconds: number; readonly result: T } {
  const since = process.cpuUsage();
  const result = work();
  return { seconds: cpuSeconds(since), result };
}

/** Least of several rounds, after a warm-up. */
function least(rounds: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) best = Math.min(best, timed(work).seconds);
  return best;
}

const target = { kind: 'Deployment', name: 'web', namespace: 'default' };
const rollouts = Math.max(0, Math.ceil(entriesMin / perRollout) - 1);
const scenario = scenarioOf([object], nodes);
const updates = Array.from({ length: rollouts }, (_, i): Step[] => [
  { type: 'settle' },
  {
    type: 'patch',
    target,
    patchType: 'merge',
    patch: { spec: { template: template(`web:v${i + 1}`) } },
  } as Step,
]).flat();
const plan = planFor({ ...scenario, steps: [...scenario.steps, ...updates] });

const played = timed(() => {
  const run = new Run(plan);
  const settled = run.finish();
  if (settled.type !== 'rest') throw new Error(settled.type);
  return run.simulation;
});
const { log, store } = played.result;
const { entries } = log;
const { status } = store.get<Deployment>('Deployment', 'default/web')!;
if (status.updatedReplicas !== 1000) throw new Error('the last update has not ended');

const encoder = new Encoder();
const lines = entries.map((entry) => encoder.entry(entry));

/** Of as many entries as V8 can hold in one text. */
const part = lines.slice(0, 100_000);
const text = [encodeHeader('bench', undefined), ...part].join('\n');
const parseSeconds = least(6, () => {
  for (const line of text.split('\n')) JSON.parse(line);
});
/** Whoever restores keeps what is parsed, which costs the collector more than the parser. */
const keepSeconds = least(6, () => {
  text.split('\n').map((line) => JSON.parse(line));
});
const restoreSeconds = least(6, () => {
  new History(decodeLog(text, 'bench').entries);
});

const history = new History(entries);
const seeks = 200;
const seekTimes: number[] = [];
for (let i = 0; i < seeks; i++) {
  const cursor = 1 + Math.floor(chance(1, [String(i)]) * history.length);
  const { seconds, result: pods } = timed(() => {
    const view = history.view(cursor);
    view.get('Deployment', 'default/web');
    return view.list('Pod');
  });
  const ms = seconds * 1000;
  if (pods.length > 2_500) throw new Error(`${pods.length} Pods at @${cursor}`);
  // The first look makes the index.
  if (i === 0) continue;
  seekTimes.push(ms);
}
seekTimes.sort((a, b) => a - b);
const slowest = (share: number) => seekTimes[Math.ceil(seekTimes.length * share) - 1]!;

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
let append: { readonly cpu: number; readonly elapsed: number };
try {
  const stream = new LogStream(join(directory, 'log.jsonl'), 'bench');
  const since = performance.now();
  const { seconds: cpu } = timed(() => {
    for (const entry of entries) stream.append(entry);
    stream.close();
  });
  append = { cpu, elapsed: (performance.now() - since) / 1000 };
} finally {
  rmSync(directory, { recursive: true });
}

const verified = timed(() => reexecute(plan, entries));
if (!verified.result.same) throw new Error(`diverges at ${verified.result.n}`);

console.log(
  JSON.stringify({
    entries: entries.length,
    parseSeconds,
    restoreSeconds,
    ratio: restoreSeconds / parseSeconds,
    keptRatio: restoreSeconds / keepSeconds,
    seekMs: slowest(0.5),
    slowSeekMs: slowest(0.95),
    appendsPerSecond: entries.length / append.elapsed,
    appendsPerCpuSecond: entries.length / append.cpu,
    verifyRatio: verified.seconds / played.seconds,
    peakGb: process.resourceUsage().maxRSS / 2 ** 20,
  }),
);
