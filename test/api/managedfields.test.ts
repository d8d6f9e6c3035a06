/** Who owns which fields, by structured-merge-diff's own tables (api-04 §5). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Managed } from '../../src/api/managedfields/entries.ts';
import { afterUpdate, apply, type Workflow } from '../../src/api/managedfields/manager.ts';

const test = suite('managed fields');

type Json = Readonly<Record<string, unknown>>;

/** A Pod's spec, whose containers and their variables are lists by name. */
class Played {
  spec: Json = {};
  managed: readonly Managed[] = [];
  second = 0;

  #workflow(manager: string, operation: Workflow['operation']): Workflow {
    this.second += 1;
    return {
      manager,
      operation,
      apiVersion: 'v1',
      subresource: '',
      time: `2026-01-01T00:00:0${this.second}Z`,
      type: { ref: 'core.v1.PodSpec' },
      reset: {},
    };
  }

  apply(manager: string, config: Json, force = false): string[] {
    const workflow = this.#workflow(manager, 'Apply');
    const applied = apply(this.spec, config, this.managed, workflow, force);
    if (!applied.ok) return applied.conflicts.map(({ by, path }) => `${by.manager} ${path}`);
    this.spec = applied.object;
    this.managed = applied.managed;
    return [];
  }

  update(manager: string, spec: Json): void {
    this.managed = afterUpdate(this.spec, spec, this.managed, this.#workflow(manager, 'Update'));
    this.spec = spec;
  }

  fieldsOf(manager: string): unknown {
    return this.managed.find((one) => one.manager === manager)?.fields;
  }

  get owners(): readonly string[] {
    return this.managed.map(({ manager }) => manager).sort();
  }
}

const named = (...names: string[]) => names.map((name) => ({ name }));
const containers = (...list: Json[]) => ({ containers: list });
const withEnv = (name: string, ...env: string[]) => ({ name, env: named(...env) });

const namesOf = (spec: Json) =>
  (spec['containers'] as { name: string }[]).map(({ name }) => name).join(' ');

test('a list: what only others have goes before what is new at its place', () => {
  const played = new Played();
  played.apply('one', containers(...named('a', 'c')));
  played.update('controller', containers(...named('a', 'b', 'c', 'd')));
  played.apply('one', containers(...named('a', 'x', 'c', 'y')));
  assert.is(namesOf(played.spec), 'a b x c d y');
  played.apply('two', containers(...named('z')));
  assert.is(namesOf(played.spec), 'a b x c d y z');
});

test('a list: who applies it in another order orders it', () => {
  const played = new Played();
  played.apply('one', containers(...named('a', 'b', 'c', 'd')));
  played.apply('one', containers(...named('a', 'd', 'c', 'b')));
  assert.is(namesOf(played.spec), 'a d c b');
  played.update('controller', containers(...named('a', 'b', 'c', 'd')));
  played.apply('one', containers(...named('d', 'b')));
  assert.is(namesOf(played.spec), 'd b');
});

test('what one gives up stays while another applies it', () => {
  const played = new Played();
  played.apply('one', containers(...named('a', 'b', 'c')));
  played.apply('two', containers(...named('c', 'd')));
  played.apply('one', containers(...named('a')));
  assert.is(namesOf(played.spec), 'a c d');
});

test('an item that is given up keeps the parts that others own', () => {
  const played = new Played();
  played.apply('one', containers({ name: 'a' }, withEnv('b', 'c')));
  played.apply('two', containers(withEnv('b', 'd')));
  played.update('controller', containers({ name: 'a' }, withEnv('b', 'c', 'd', 'e')));
  played.apply('one', containers({ name: 'a' }));
  assert.equal(played.spec, containers({ name: 'a' }, withEnv('b', 'd', 'e')));
});

test('an item that nobody applies any more goes, with what an updater hung below it', () => {
  const played = new Played();
  played.apply('one', containers({ name: 'a' }, withEnv('b', 'c')));
  played.apply('two', containers(withEnv('a', 'b')));
  played.update('controller', containers(withEnv('a', 'b'), withEnv('b', 'c', 'd')));
  played.apply('one', containers({ name: 'a' }));
  assert.equal(played.spec, containers(withEnv('a', 'b')));
  assert.equal(played.owners, ['one', 'two']);
});

test('a struct of which the last part is given up goes; what an updater set in it stays', () => {
  const played = new Played();
  played.apply('one', { securityContext: { runAsUser: 1 } });
  played.apply('one', {});
  assert.equal(played.spec, {});
  assert.equal(played.owners, []);
  played.apply('one', { securityContext: { runAsUser: 1 } });
  played.update('controller', { securityContext: { runAsUser: 1, runAsGroup: 2 } });
  played.apply('one', {});
  assert.equal(played.spec, { securityContext: { runAsGroup: 2 } });
});

test('what is applied as empty is owned, and takes nothing from others', () => {
  const played = new Played();
  played.apply('one', { securityContext: { runAsUser: 1 } });
  played.update('controller', { securityContext: { runAsUser: 1, runAsGroup: 2 } });
  played.apply('one', { securityContext: {} });
  assert.equal(played.spec, { securityContext: { runAsGroup: 2 } });
  assert.equal(played.fieldsOf('one'), { 'f:securityContext': {} });
});

test('a null takes a value away, and conflicts with whoever set it', () => {
  const played = new Played();
  played.update('controller', { hostname: 'h' });
  assert.equal(played.apply('one', { hostname: null }), ['controller .hostname']);
  assert.equal(played.apply('one', { hostname: null }, true), []);
  assert.equal(played.spec, { hostname: null });
  assert.equal(played.owners, ['one']);
});

test('items that stand twice are owned as wholes', () => {
  const played = new Played();
  played.update('controller', containers({ name: 'a', image: 'x' }, { name: 'a', image: 'y' }));
  played.apply('one', { hostname: 'h' });
  assert.equal(played.owners, ['controller', 'one']);
});

test('who agrees with what is there has no time: nothing was changed', () => {
  const played = new Played();
  played.apply('one', { hostname: 'h' });
  played.apply('two', { hostname: 'h' });
  const times = () => played.managed.map(({ manager, time }) => `${manager} ${time}`);
  assert.equal(times(), ['one 2026-01-01T00:00:01Z', 'two ']);
  played.apply('one', { hostname: 'h', subdomain: 's' });
  assert.equal(times(), ['two ', 'one 2026-01-01T00:00:03Z']);
});

test.run();
