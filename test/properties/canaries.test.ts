/** The checker itself: what is known to be wrong is told, and every rule can fail (bugs §10). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { operatorRules, sometimes } from '../../properties/index.ts';
import { worlds } from '../../properties/worlds/index.ts';
import { canaries } from '../mutants/canaries.ts';

const test = suite('canaries');

for (const { id, about, sing } of canaries) {
  test(`[${id}] ${about}`, () => {
    assert.is(sing(), undefined);
  });
}

test('[X9] two processes come to the same log', () => {
  const play = () =>
    execFileSync(process.execPath, ['--import', 'tsx', 'test/properties/loghash.ts'], {
      encoding: 'utf8',
    });
  const hash = play();
  assert.match(hash, /^[0-9a-f]{64}\n$/);
  assert.is(play(), hash);
});

/** Judged by the search itself, and what is only there for who uses it. */
const builtIn = ['G13', 'W-frozen', 'U-C1', 'U-S1'];

test('[X10] every rule of docs/spec.md is judged, and every rule that is judged stands there', () => {
  const owed = operatorRules({ process: 'operator', kind: 'Website.example.com', cluster: {} });
  const inWorlds = worlds.flatMap((world) => [
    world.always,
    world.eventually,
    world.sometimes ?? [],
  ]);
  const groups = [...inWorlds, sometimes, owed.always!, owed.eventually!, owed.sometimes!];
  const ids = new Set<string>(groups.flat().map(({ id }) => id));
  for (const { id } of canaries) ids.add(id);
  const rows = readFileSync('docs/spec.md', 'utf8').matchAll(/^\| ([A-Z]+[\w-]*\d\w*|W-\w+) +\|/gm);
  const said = new Set([...rows].map(([, id]) => id!));
  assert.equal(
    [...ids].filter((id) => !said.has(id)),
    [],
    'judged, and not in docs/spec.md',
  );
  assert.equal(
    [...said].filter((id) => !ids.has(id) && !builtIn.includes(id)),
    [],
    'in docs/spec.md, and not judged',
  );
});

test.run();
