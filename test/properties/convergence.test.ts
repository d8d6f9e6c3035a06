/** The rules, on the reference controllers and on some that are wrong. */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sometimes } from '../../properties/index.ts';
import { mutants } from '../../properties/mutants/index.ts';
import { applied } from '../../properties/mutants/mutant.ts';
import { search } from '../../properties/search.ts';
import { Trial } from '../../properties/trial.ts';
import {
  type Family,
  families,
  witnessing,
  worlds,
  worldsOf,
} from '../../properties/worlds/index.ts';

const test = suite('properties');

/** Fixed in CI, so that a failure means a change; and a fresh one, printed, that may find more. */
const fresh = process.pid * 7919 + Number(process.hrtime.bigint() % 100_000n);

for (const seed of [4711, fresh]) {
  test(`no rule is broken in 400 runs with seed ${seed}`, () => {
    const found = search(worlds, { runs: 400, seed });
    const story = found?.trial.happenings.map(({ text }) => text).join('; ');
    assert.is(found, undefined, `[${found?.broken.id}] ${found?.broken.problem}: ${story}`);
  });
}

test('every sometimes rule is witnessed: the search is not tame', () => {
  const witnessed = new Set<string>();
  for (const family of Object.keys(families) as Family[]) {
    search(witnessing(witnessed, worldsOf(family)), { runs: 250, seed: 13 });
  }
  const missing = sometimes.filter(({ id }) => !witnessed.has(id)).map(({ id }) => id);
  assert.equal(missing, []);
});

test('a run is the same whenever it is played', () => {
  const numbers = [12, 701, 55, 3, 1999, 84, 2048];
  const log = () => {
    const trial = new Trial(worlds[0]!);
    trial.run(numbers);
    return trial.simulation.log.entries.map(({ type, by, t }) => `${type} ${by} ${t}`);
  };
  assert.equal(log(), log());
});

test('every mutant still applies to the source', () => {
  for (const mutant of mutants) {
    const files = applied(mutant, (file) => readFileSync(file, 'utf8'));
    assert.ok(files.size > 0, mutant.id);
  }
});

test.run();
