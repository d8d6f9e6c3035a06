/** How room is made: in which order victims go, and when that is given up. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keyOf } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { Request, Response } from '../../src/apiserver/request.ts';
import { makeRoom } from '../../src/scheduler/preemption/actuate.ts';
import type { Environment, Recorded } from '../../src/sim/component.ts';
import { pod } from './objects.ts';

const test = suite('making room');

/** What is asked for and told, a line each; requests of which `fails` holds are refused. */
function asked(
  victims: readonly Pod[],
  promised: readonly Pod[],
  fails: (line: string) => boolean = () => false,
  reason = 'Forbidden',
): { readonly lines: readonly string[]; readonly error: string | undefined } {
  const lines: string[] = [];
  const room = makeRoom(
    { node: 'n', victims, violations: 0 },
    {
      env: {
        now: 0,
        record: ({ about, reason }: Recorded) => lines.push(`${reason} ${about.metadata.name}`),
      } as unknown as Environment,
      pod: pod('vip'),
      schedulerName: 'default-scheduler',
      promised,
      rejectInMemory: () => false,
      beforeLast: (victim) => lines.push(`last: ${keyOf(victim)}`),
    },
  );
  for (let next = room.next(); ; ) {
    if (next.done === true) return { lines, error: next.value };
    const { verb, name } = next.value as Request & { readonly name: string };
    const line = `${verb} ${name}`;
    lines.push(line);
    const status = { message: 'no', reason };
    next = room.next((fails(line) ? { ok: false, status } : { ok: true }) as Response);
  }
}

const [a, b] = [pod('a'), pod('b')];

test('those that were promised the node lose it first, the last victim goes last', () => {
  assert.equal(asked([a, b], [pod('waiting')]).lines, [
    'patch waiting',
    'patch a',
    'delete a',
    'Preempted a',
    'last: default/b',
    'patch b',
    'delete b',
    'Preempted b',
  ]);
});

test('when a victim cannot be removed, the others stay', () => {
  const { lines, error } = asked([a, b], [], (line) => line === 'delete a');
  assert.equal(lines, ['patch a', 'delete a']);
  assert.is(error, 'no');
});

test('[sched-05] a victim that is gone when it is to be removed was not preempted', () => {
  const { lines, error } = asked([a, b], [], (line) => line.startsWith('delete'), 'NotFound');
  assert.equal(lines, ['patch a', 'delete a', 'last: default/b', 'patch b', 'delete b']);
  assert.is(error, undefined);
});

test('whose victims have all begun to go has nothing to ask for', () => {
  const going = pod('a', {}, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
  assert.equal(asked([going], [pod('waiting')]).lines, []);
});

test.run();
