/** Restoring a log, against only parsing its lines. */
import { decodeLog, encodeEntry, encodeHeader } from '../src/log/codec.ts';
import { History } from '../src/replay/restore.ts';
import { planFor, Run } from '../src/sim/run.ts';
import { scenarioOf } from '../src/sim/scenario/parse.ts';
import { cpuSeconds } from './harness.ts';

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'web:v1' }] },
};
const spec = { replicas: 1000, selector: { matchLabels: { app: 'web' } }, template };
const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
const nodes = Array.from({ length: 20 }, (_, i) => ({ name: `n${i + 1}` }));
const run = new Run(planFor(scenarioOf([object], nodes)));
run.finish();
const { entries } = run.simulation.log;
const text = [encodeHeader('bench', undefined), ...entries.map(encodeEntry)].join('\n');

/** Least of several rounds, after a warm-up. */
function least(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 12; round++) {
    const since = process.cpuUsage();
    work();
    if (round > 3) best = Math.min(best, cpuSeconds(since));
  }
  return best;
}

const parseSeconds = least(() => {
  for (const line of text.split('\n')) JSON.parse(line);
});
const restoreSeconds = least(() => {
  new History(decodeLog(text, 'bench').entries);
});
console.log(
  JSON.stringify({
    entries: entries.length,
    parseSeconds,
    restoreSeconds,
    ratio: restoreSeconds / parseSeconds,
  }),
);
