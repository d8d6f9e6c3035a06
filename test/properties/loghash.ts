/** Plays some runs and prints a hash of their logs: another process has to come to the same. */
import { createHash } from 'node:crypto';
import { Trial } from '../../properties/trial.ts';
import { worldsOf } from '../../properties/worlds/index.ts';

const hash = createHash('sha256');
for (const family of ['deployment', 'statefulset', 'operator'] as const) {
  const trial = new Trial(worldsOf(family)[0]!);
  trial.run([12, 701, 55, 3, 1999, 84, 2048, 333, 17]);
  for (const entry of trial.simulation.log.entries) hash.update(JSON.stringify(entry));
}
console.log(hash.digest('hex'));
