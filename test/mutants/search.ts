/** Searches the worlds with the source as it is here, and prints what it found as JSON. */
import { search } from '../../properties/search.ts';
import { type Family, worldsOf } from '../../properties/worlds/index.ts';

const [runs = '1000', seed = '1', family = 'deployment'] = process.argv.slice(2);
const found = search(worldsOf(family as Family), { runs: Number(runs), seed: Number(seed) });
const faults = found?.trial.simulation.log.entries.flatMap((entry) =>
  entry.type === 'fault' && entry.fault !== 'release'
    ? [entry.fault.replace(/@\d+/, 'the past')]
    : [],
);
console.log(
  JSON.stringify(
    found === undefined
      ? { killed: false }
      : {
          killed: true,
          rule: found.broken.id,
          problem: found.broken.problem,
          runs: found.runs,
          faults: [...new Set(faults)],
          story: found.trial.happenings.map(({ text }) => text),
        },
  ),
);
