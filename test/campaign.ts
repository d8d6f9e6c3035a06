/**
 * A long search for a broken rule of the reference controllers: a campaign, not for CI.
 *
 *     npm run campaign -- [--runs N] [--seed N] [--family NAME]
 */
import { parseArgs } from 'node:util';
import { sometimes } from '../properties/index.ts';
import { search } from '../properties/search.ts';
import { type Family, witnessing, worldsOf } from '../properties/worlds/index.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' }, family: { type: 'string' } },
});
const runs = Number(values.runs ?? 100_000);
const seed = Number(values.seed ?? process.pid);
const witnessed = new Set<string>();
const known = new Map<string, number>();
const bases = values.family === undefined ? undefined : worldsOf(values.family as Family);
const worlds = witnessing(witnessed, bases).map((world) => ({
  ...world,
  onKnown: (defect: string) => known.set(defect, (known.get(defect) ?? 0) + 1),
}));
console.log(`${runs} runs, seed ${seed}`);
const found = search(worlds, {
  runs,
  seed,
  onRun: (done) => {
    if (done % 10_000 === 0) console.log(`${done} runs`);
  },
});
for (const [defect, times] of known)
  console.log(`known defect of Kubernetes, ${times} runs: ${defect}`);
console.log(`witnessed ${witnessed.size} of ${sometimes.length} sometimes rules`);
if (found === undefined) console.log(`${runs} passed, 0 failed`);
else {
  for (const { text } of found.trial.happenings) console.log(`  ${text}`);
  console.log(`[${found.broken.id}] ${found.broken.problem}`);
  console.log(`${found.runs - 1} passed, 1 failed`);
  process.exitCode = 1;
}
