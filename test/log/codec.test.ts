/** The log as lines: what is written is read again, and damage is told. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../src/errors.ts';
import { decodeLog, encodeEntry, encodeHeader } from '../../src/log/codec.ts';
import { difference, patched, whole } from '../../src/log/delta.ts';
import { Log } from '../../src/log/log.ts';
import { planFor, Run } from '../../src/sim/run.ts';
import { scenarioOf } from '../../src/sim/scenario/parse.ts';
import { defaultNodes } from '../../src/sim/scenario/types.ts';

const test = suite('log');

const played = () => {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'i:1' }] },
  };
  const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template };
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
  const run = new Run(planFor(scenarioOf([object], defaultNodes)));
  run.finish();
  return run;
};

const textOf = (run: Run): string =>
  [encodeHeader('0', run.plan), ...run.simulation.log.entries.map(encodeEntry)].join('\n');

test('[G12] a log that is read again is the same log', () => {
  const run = played();
  const { entries, header } = decodeLog(textOf(run), 'x.jsonl');
  assert.equal(header.plan, run.plan);
  assert.is(entries.length, run.simulation.log.length);
  entries.forEach((entry, i) => {
    assert.equal(entry, run.simulation.log.entries[i], `entry ${i + 1}`);
  });
});

const json = fc.letrec((tie) => ({
  value: fc.oneof(fc.integer(), fc.string(), fc.boolean(), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    tie('value'),
    { maxKeys: 4, noNullPrototype: true },
  ),
})).object;

test('a delta leads from the old version to the new one', () => {
  const seed = Number(process.env.SEED ?? 42);
  fc.assert(
    fc.property(json, json, (before, after) => {
      const delta = difference(before, after);
      if (delta === whole) return;
      assert.equal(patched(before, delta ?? {}), after);
    }),
    { seed, includeErrorInReport: true },
  );
});

test('damage is told by file and line, foreign files by name', () => {
  const lines = textOf(played()).split('\n');
  const fails = (text: string, pattern: RegExp) =>
    assert.throws(
      () => decodeLog(text, 'x.jsonl'),
      (error: unknown) => error instanceof UsageError && pattern.test(error.message),
    );
  fails([...lines.slice(0, 5), '{"broken', ...lines.slice(6)].join('\n'), /^x\.jsonl:6: not JSON/);
  fails([...lines.slice(0, 5), ...lines.slice(6)].join('\n'), /^x\.jsonl:6: expected entry 5/);
  fails(
    '{"apiVersion":"audit.k8s.io/v1","kind":"Event"}',
    /a Kubernetes audit log, not a kubestep log/,
  );
  fails('[1]', /a JSON list/);
  fails('{"format":"kubestep-log","version":99}', /format version 99/);
});

test('an observer that appends to the log is a bug', () => {
  const log = new Log();
  const entry = () => ({ type: 'clock', t: 0, by: 'clock', causes: [], from: 0 }) as const;
  log.observe(() => log.append({ ...entry() }));
  assert.throws(() => log.append({ ...entry() }), /an observer of the log appended to it/);
});

test('what an observer throws reaches whoever appended', () => {
  const log = new Log();
  log.observe(() => {
    throw new Error('seen');
  });
  assert.throws(
    () => log.append({ type: 'clock', t: 0, by: 'clock', causes: [], from: 0 }),
    /seen/,
  );
});

test.run();
