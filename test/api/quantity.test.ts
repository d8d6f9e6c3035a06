/** Quantities by upstream's own tables: what is one, what it is worth, how it is stored (api-05 §6). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { normalized } from '../../src/api/normalize.ts';
import { parseQuantity, quantityMistake } from '../../src/api/quantity.ts';

const test = suite('quantities');

/** As the limit of a container. */
function stored(text: string | number): unknown {
  const given = { limits: { cpu: text } };
  return normalized<{ limits: { cpu: unknown } }>(given as never, 'core.v1.ResourceRequirements')
    .limits.cpu;
}

test('what upstream takes for canonical stays as typed, all else is written anew', () => {
  const asTyped = '1500m 1.500 1e3 12e6 1E3 100k 1024 1500Mi 01 -1 +5 1. 1025m 1010';
  for (const text of asTyped.split(' ')) assert.is(stored(text), text);
  const others =
    '0.5=500m 1000m=1 1.000=1 1000k=1M 10000=10k 1024Mi=1Gi 2048Ki=2Mi 1.5Gi=1536Mi 1.5k=1500 .5=500m 0.500=500m 1e1=10 1e4=10e3 0Ki=0 0e0=0 m=0 1n=1m 0.0001=1m -0.0001=-1m 1.000001=1001m 100.035Ki=102435840m 9Ei=9223372036854775807 100000000000000000000=100E';
  for (const pair of others.split(' ')) {
    const [text, canonical] = pair.split('=');
    assert.is(stored(text!), canonical, pair);
  }
  assert.is(stored(0.5), '500m');
});

test('what is no quantity, and whether its suffix is to blame', () => {
  const suffix = "unable to parse quantity's suffix";
  for (const text of '1K 1i .5i 0.1mi -3.01e-'.split(' ')) {
    assert.is(quantityMistake(text), suffix, text);
  }
  for (const text of ['', '1.1.M', '1+1.0M', '0.1am', 'aoeu', ' 1', '1Kib']) {
    assert.match(quantityMistake(text)!, /^quantities must match the regular expression/, text);
  }
  for (const text of '. - 1.G .0001k 1E-3 3Ei'.split(' ')) {
    assert.is(quantityMistake(text), undefined, text);
  }
});

test('smaller than a billionth is a billionth', () => {
  for (const text of '3.001n 1.1E-9 0.5e-9 0.0000000001 -0.9n 0.000000000001Ki'.split(' ')) {
    assert.ok(parseQuantity(text)!.nanos !== 0n, text);
  }
  assert.is(parseQuantity('3.001n')!.nanos, 4n);
});

test.run();
