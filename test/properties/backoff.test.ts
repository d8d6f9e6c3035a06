/** [G13b] [K-S3] [K-S4] Retries that come too soon, or too late: controllers and kubelets make none of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pulls } from '../../properties/kubelet/pulls.ts';
import { restarts } from '../../properties/kubelet/restarts.ts';
import { retries } from '../../properties/retries.ts';
import type { Any } from './judged.ts';

const test = suite('back-off');

/** One pass: when it ended, how long its key has to wait if it failed, and what woke it. */
type Made = readonly [t: number, retryMs: number | undefined, ...causes: number[]];

/** What is said of passes over one key, all of one process, with the limits of client-go. */
function passes(made: readonly Made[], backoff = { baseMs: 5, maxMs: 1_000_000 }): Any {
  const judge = retries.always![0]!.begin();
  const slot = { component: { actor: 'web-controller', backoff } };
  const simulation = { process: () => ({ slots: [slot] }) };
  return made.flatMap(([t, retryMs, ...causes], n) => {
    const result = retryMs === undefined ? { type: 'done' } : { type: 'error', retryMs };
    const entry = {
      type: 'reconciled',
      n,
      by: 'web-controller',
      process: 'kube-controller-manager',
      key: 'default/web',
      t,
      causes,
      result,
    };
    return judge(entry as Any, { simulation } as Any) ?? [];
  });
}

test('[G13b] who fails again waits twice as long, up to the most', () => {
  assert.equal(
    passes([
      [0, 5],
      [5, 10],
      [15, 20],
      [35, 40],
    ]),
    [],
  );
  assert.equal(
    passes([
      [0, 5],
      [5, 10],
      [15, 10],
    ]),
    ['web-controller lets default/web wait 10 ms after failure 3, and 20 ms are due'],
  );
  assert.equal(
    passes([
      [0, 5],
      [5, 5],
    ]),
    ['web-controller lets default/web wait 5 ms after failure 2, and 10 ms are due'],
  );
  assert.equal(
    passes(
      [
        [0, 20],
        [20, 20],
        [40, 20],
      ],
      { baseMs: 20, maxMs: 20 },
    ),
    [],
  );
});

test('[G13b] who succeeded begins anew', () => {
  assert.equal(
    passes([
      [0, 5],
      [5, 10],
      [15, undefined],
      [90, 5],
    ]),
    [],
  );
  assert.equal(
    passes([
      [0, 5],
      [5, 10],
      [15, undefined],
      [90, 20],
    ]),
    ['web-controller lets default/web wait 20 ms after failure 1, and 5 ms are enough'],
  );
});

test('[G13b] an event may wake a key earlier, and nothing else', () => {
  assert.equal(
    passes([
      [0, 5, 7],
      [5, 10, 7],
      [15, 20, 7],
      [20, 40, 7, 9],
    ]),
    [],
  );
  assert.equal(
    passes([
      [0, 5, 7],
      [5, 10, 7],
      [15, 20, 7],
      [20, 40, 7],
    ]),
    ['web-controller tries default/web again after 5 ms, and said 20 ms'],
  );
});

/** What is said of a container that starts and ends at these seconds, one after the other. */
function runs(...seconds: readonly (readonly [started: number, ended: number])[]): Any {
  const judge = restarts.begin();
  const slots = [{ component: {} }];
  const world: Any = {
    now: { get: () => undefined },
    simulation: { process: () => ({ slots }) },
  };
  const of = { type: 'runtime', node: 'n1', key: 'default/web', uid: 'u', container: 'c' };
  const tell = (event: string, second: number): Any =>
    judge({ ...of, event: `container ${event}`, t: second * 1000 } as Any, world) ?? [];
  return seconds.flatMap(([started, ended]) => [
    ...[tell('started', started)].flat(),
    ...[tell('exited', ended)].flat(),
  ]);
}

test('[K-S3] the first restart is at once, then 10 s, 20 s and so on have to pass', () => {
  assert.equal(runs([0, 1], [1, 2], [12, 13], [33, 34], [74, 75]), []);
  assert.equal(runs([0, 1], [1, 2], [11, 12]), [
    'c of default/web is started 9000 ms after it ended, and 10000 ms are due',
  ]);
  assert.equal(runs([0, 1], [1, 2], [12, 13], [23, 24]), [
    'c of default/web is started 10000 ms after it ended, and 20000 ms are due',
  ]);
});

test('[K-S3] never more than 5 minutes, and who ran for 10 begins anew', () => {
  const dues = [0, 10, 20, 40, 80, 160, 300, 300];
  let t = 0;
  const long = dues.map((due): [number, number] => {
    t += due + 1;
    return [t, t];
  });
  assert.equal(runs([0, 1], ...long), []);
  assert.equal(runs([0, 1], [1, 2], [12, 700], [700, 701], [711, 712]), []);
});

/** What is said of refusals of one image at these seconds, and of a kubelet that starts `anew`. */
function refusals(...seconds: readonly (number | 'anew')[]): Any {
  const judge = pulls.begin();
  let slots = [{ component: {} }];
  const world: Any = { simulation: { process: () => ({ slots }) } };
  const of = { type: 'runtime', node: 'n1', key: 'default/web', uid: 'u', container: 'c' };
  const refused = { ...of, event: 'image not pulled', detail: { image: 'gone:1' } };
  return seconds.flatMap((second) => {
    if (second === 'anew') {
      slots = [{ component: {} }];
      return [];
    }
    return judge({ ...refused, t: second * 1000 } as Any, world) ?? [];
  });
}

test('[K-S4] who was refused an image asks again after 10 s, 20 s and so on', () => {
  assert.equal(refusals(0, 11, 32, 73), []);
  assert.equal(refusals(0, 9), [
    'gone:1 is asked for default/web 9000 ms after it was refused, and 10000 ms are due',
  ]);
  assert.equal(refusals(0, 11, 22), [
    'gone:1 is asked for default/web 11000 ms after it was refused, and 20000 ms are due',
  ]);
});

test('[K-S4] a refusal is forgotten after ten minutes, and by a kubelet that starts anew', () => {
  assert.equal(refusals(0, 11, 620, 631), []);
  assert.equal(refusals(0, 11, 'anew', 12, 13, 24), []);
  assert.equal(refusals(0, 11, 'anew', 12, 13, 14).length, 1);
});

test.run();
