/** A transition table and the XState machine that it was compiled from agree. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyMachineSnapshot, assign, initialTransition, setup, transition } from 'xstate';
import {
  compile,
  containerTable,
  cronJobTable,
  deploymentTable,
  jobTable,
  nodeTable,
  podTable,
  refused,
  replicaSetTable,
  type Table,
  volumeAttachmentTable,
} from '../../machines/index.ts';

const test = suite('transition tables');

type AnyTable = Table<{ type: string }, unknown>;

const policies = ['Always', 'OnFailure', 'Never'].map((restartPolicy) => ({ restartPolicy }));

const all: readonly { table: AnyTable; inputs: readonly unknown[]; states: number }[] = [
  { table: podTable as unknown as AnyTable, inputs: [undefined], states: 13 },
  { table: containerTable as unknown as AnyTable, inputs: policies, states: 39 },
  { table: deploymentTable as unknown as AnyTable, inputs: [undefined], states: 113 },
  { table: replicaSetTable as unknown as AnyTable, inputs: [undefined], states: 49 },
  { table: jobTable as unknown as AnyTable, inputs: [undefined], states: 29 },
  { table: cronJobTable as unknown as AnyTable, inputs: [undefined], states: 17 },
  { table: nodeTable as unknown as AnyTable, inputs: [undefined], states: 17 },
  { table: volumeAttachmentTable as unknown as AnyTable, inputs: [undefined], states: 7 },
];

/** Exit codes beyond those with which a table was made. */
const eventsOf = (table: AnyTable) =>
  fc
    .constantFrom(...table.events)
    .chain((event) =>
      'exitCode' in event
        ? fc.integer({ min: 0, max: 255 }).map((exitCode) => ({ ...event, exitCode }))
        : fc.constant(event),
    );

/** What XState itself does, one event at a time. */
function agrees(table: AnyTable, input: unknown, events: readonly { type: string }[]): void {
  let snapshot: AnyMachineSnapshot = initialTransition(table.machine, input as never)[0];
  let state = table.initial(input);
  for (const event of events) {
    const next = table.next(state, event);
    assert.is(next !== refused, snapshot.can(event), `${event.type} in ${table.text(state)}`);
    if (next === refused) continue;
    snapshot = transition(table.machine, snapshot, event)[0];
    state = next;
    assert.equal(table.value(state), snapshot.value);
    assert.equal(table.snapshot(state).context, snapshot.context);
    assert.equal([...table.tags(state)].sort(), [...snapshot.tags].sort());
    const accepted = table.events.filter((candidate) => snapshot.can(candidate));
    assert.equal(table.enabled(state), accepted);
  }
}

const fresh = Date.now() % 2 ** 31;

for (const { table, inputs, states } of all) {
  const { id } = table.machine;

  test(`the table of ${id} says what XState says`, () => {
    const sequences = fc.tuple(
      fc.constantFrom(...inputs),
      fc.array(eventsOf(table), { maxLength: 30 }),
    );
    const property = fc.property(sequences, ([input, events]) => agrees(table, input, events));
    for (const seed of [1, fresh]) {
      fc.assert(property, { seed, numRuns: 40, includeErrorInReport: true });
    }
  });

  test(`${id} has ${states} configurations`, () => {
    for (const input of inputs) table.explore(input);
    assert.is(table.size, states);
  });
}

test('nothing happens after the end', () => {
  for (const { table } of all) {
    if (!table.events.some(({ type }) => type.endsWith('.removed'))) continue;
    const gone = table.next(table.initial(undefined), { type: `${table.machine.id}.removed` });
    assert.is(table.text(gone), 'gone');
    assert.equal(table.enabled(gone), []);
  }
});

test('states have paths, tags and a text', () => {
  const running = ['pod.bound', 'pod.started', 'pod.becameReady'].reduce(
    (state, type) => podTable.next(state, { type } as never),
    podTable.initial(undefined),
  );
  assert.ok(podTable.matches(running, 'existing.phase.running'));
  assert.ok(podTable.matches(running, 'existing.deletion.none'));
  assert.not(podTable.matches(running, 'existing.phase.bound'));
  assert.ok(podTable.has(running, 'ready'));
  assert.is(podTable.text(running), 'phase: running.ready, deletion: none');
});

test('an event that no machine knows is refused', () => {
  const state = podTable.initial(undefined);
  assert.is(podTable.next(state, { type: 'pod.unbound' } as never), refused);
});

test('a counter is finite once counts that are alike share a key', () => {
  const machine = setup({
    types: { context: {} as { failures: number }, events: {} as { type: 'failed' | 'gaveUp' } },
    guards: { tooOften: ({ context }) => context.failures >= 3 },
    actions: { count: assign({ failures: ({ context }) => context.failures + 1 }) },
  }).createMachine({
    context: { failures: 0 },
    initial: 'trying',
    states: {
      trying: {
        on: { failed: { actions: 'count' }, gaveUp: { guard: 'tooOften', target: 'done' } },
      },
      done: {},
    },
  });
  const contextKey = ({ failures }: { failures: number }) => String(Math.min(failures, 3));
  const table = compile<{ type: string }, undefined, { failures: number }>(machine, { contextKey });
  assert.is(table.explore(undefined).size, 5);
  assert.is(table.next(2, { type: 'gaveUp' }), refused);
  assert.is(table.next(3, { type: 'failed' }), 3);
  assert.is(table.text(table.next(3, { type: 'gaveUp' })), 'done');
});

console.log(`transition tables: fresh seed ${fresh}`);
test.run();
