/** The pack for users' own operators, and canaries: what never converges must be reported. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { databaseOperator } from '../../properties/operators/database.ts';
import {
  database,
  databaseDefinition,
  databaseKind as kind,
} from '../../properties/operators/definition.ts';
import { operatorWorld } from '../../properties/operatortrial.ts';
import { Trial } from '../../properties/trial.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { type Controller, call } from '../../src/sim/controller.ts';

const test = suite('operators');

/** What a trial in which nothing happens finds. */
function foundIn(
  controller: () => Controller,
  numbers: readonly number[] = [],
  ...others: readonly (() => Controller)[]
) {
  const { rules = {}, ...world } = operatorWorld({
    manager: { name: 'operator', controllers: [controller, ...others] },
    kind,
    objects: [databaseDefinition, database('store', {})],
    edits: [{ replicas: 3 }, { replicas: 1 }],
    detours: [{ image: 'db:2' }],
  });
  const { always = [], eventually = [] } = rules;
  return new Trial({ ...world, always, eventually }).run(numbers);
}

/** A controller that does one thing about each resource. */
const doing = (
  reconcile: (
    object: KubeObject,
    context: Parameters<Controller['reconcile']>[1],
  ) => ReturnType<Controller['reconcile']>,
): Controller => ({
  name: 'canary',
  watches: [kind],
  keysFor: ({ key }, { queue }) => queue.add(key),
  *reconcile(key, context) {
    const object = context.view.get(kind, key);
    return object === undefined ? undefined : yield* reconcile(object, context);
  },
});

function* tell(object: KubeObject, status: object) {
  yield* call({
    verb: 'update',
    kind,
    subresource: 'status',
    object: { ...object, status } as KubeObject,
  });
  return undefined;
}

test('the reference operator owes nothing, whatever happens', () => {
  for (const numbers of [[], [8], [19, 8, 14], [331, 14, 60, 15]]) {
    assert.is(foundIn(databaseOperator, numbers), undefined);
  }
});

test('[G13] an operator that never comes to rest is reported (X1)', () => {
  let ready = 0;
  const found = foundIn(() => doing((object) => tell(object, { ready: ready++ % 2 })));
  assert.is(found?.id, 'G13');
});

test('[G13] also if it only goes on after a while (X2)', () => {
  let ready = 0;
  const found = foundIn(() =>
    doing(function* (object, { queue }) {
      const { namespace, name } = object.metadata;
      queue.addAfter(`${namespace}/${name}`, 30_000);
      return yield* tell(object, { ready: ready++ % 2 });
    }),
  );
  assert.is(found?.id, 'G13');
});

test('[U-S6] two controllers that each want their own number are told before they tire', () => {
  const wanting = (name: string, ready: number) => (): Controller => ({
    ...doing(function* (object) {
      if ((object.status as { ready?: number } | undefined)?.ready === ready) return undefined;
      return yield* tell(object, { ready });
    }),
    name,
  });
  assert.is(foundIn(wanting('one', 1), [], wanting('other', 2))?.id, 'U-S6');
});

test('[U-C1] what an operator throws is told as its own mistake', () => {
  const inPass = foundIn(() =>
    // biome-ignore lint/correctness/useYield: it does not come that far.
    doing(function* () {
      throw new RangeError('no such member');
    }),
  );
  assert.is(inPass?.id, 'U-C1');
  assert.match(inPass!.problem, /canary threw in reconcile: RangeError: no such member/);
  const inHandler = foundIn(() => ({
    ...doing((object) => tell(object, {})),
    keysFor() {
      throw new Error('what is this?');
    },
  }));
  assert.is(inHandler?.id, 'U-C1');
});

test('[U-S3] a status that tells the time is written without a cause', () => {
  const found = foundIn(() =>
    doing(function* (object, { now }) {
      const seen = String(Math.floor(now / 60_000));
      if ((object.status as { seen?: string } | undefined)?.seen === seen) return undefined;
      return yield* tell(object, { seen });
    }),
  );
  assert.is(found?.id, 'U-S3');
});

test('[U-L3] what is made without an owner is left behind', () => {
  const found = foundIn(() =>
    doing(function* ({ metadata: { namespace, name } }, { view }) {
      if (view.get('ConfigMap', `${namespace}/${name}`) !== undefined) return undefined;
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
      yield* call({
        verb: 'create',
        kind: 'ConfigMap',
        ...(namespace ? { namespace } : {}),
        object,
      });
      return undefined;
    }),
  );
  assert.is(found?.id, 'U-L3');
});

test('[U-L5] one queue in which everything waits for the first lets others down', () => {
  const found = foundIn(() => ({
    ...doing(function* (object, { view }) {
      const first = [...view.list(kind)].sort((a, b) =>
        a.metadata.name < b.metadata.name ? -1 : 1,
      )[0];
      const ready = (one: KubeObject | undefined) =>
        (one?.status as { ready?: number } | undefined)?.ready;
      if (first?.metadata.name !== object.metadata.name && ready(first) === undefined) {
        return { error: 'the first is not done' };
      }
      if (ready(object) === 1) return undefined;
      return yield* tell(object, { ready: 1 });
    }),
  }));
  assert.is(found?.id, 'U-L5');
});

test.run();
