/** Searches the worlds with the source as it is here, and prints what it found as JSON. */
import { search } from '../../properties/search.ts';
import { type Family, worldsOf } from '../../properties/worlds/index.ts';

const [runs = '1000', seed = '1', family = 'deployment', ...alone] = process.argv.slice(2);
const judges = <Rule extends { readonly id: string }>(rules: readonly Rule[]): readonly Rule[] =>
  alone.length === 0 ? rules : rules.filter(({ id }) => alone.includes(id));
const bases = worldsOf(family as Family).map((base) => ({
  ...base,
  always: judges(base.always),
  eventually: judges(base.eventually),
}));
const found = search(bases, { runs: Number(runs), seed: Number(seed) });
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
