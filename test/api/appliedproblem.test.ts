/** What server-side apply says of values that it cannot read (upstream's structured-merge-diff). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { appliedProblem } from '../../src/api/managedfields/appliedproblem.ts';
import { typeNameOf } from '../../src/api/structure.ts';

const test = suite('applied values');

const problemOf = (spec: unknown) => {
  const type = { ref: typeNameOf('v1', 'Pod')! };
  return appliedProblem({ apiVersion: 'v1', kind: 'Pod', spec }, type);
};

test('maps, lists and scalars in each other’s places', () => {
  assert.is(problemOf('x'), '.spec: expected map, got &{x}');
  assert.is(
    problemOf({ containers: { a: 1 } }),
    '.spec.containers: expected list, got &{map[a:1]}',
  );
  const grace = { terminationGracePeriodSeconds: 'x' };
  const numeric =
    '.spec.terminationGracePeriodSeconds: expected numeric (int or float), got string';
  assert.is(problemOf(grace), numeric);
  assert.is(problemOf({ hostNetwork: 'yes' }), '.spec.hostNetwork: expected boolean, got &{yes}');
});

test('several problems are a list, in the order of the value', () => {
  assert.is(
    problemOf({ hostNetwork: 'yes', volumes: 1 }),
    'errors:\n  .spec.hostNetwork: expected boolean, got &{yes}\n  .spec.volumes: expected list, got &{1}',
  );
});

test('items of a list need their keys, once', () => {
  const omitted =
    '.spec.containers: element 0: associative list with keys has an element that omits key field "name" (and doesn\'t have default value)';
  assert.is(problemOf({ containers: [{ image: 'i' }] }), omitted);
  const plain =
    '.spec.containers: element 0: associative list with keys may not have non-map elements';
  assert.is(problemOf({ containers: ['i'] }), plain);
  const port = { containerPort: 80 };
  const twice = { name: 'c', ports: [port, { ...port, protocol: 'TCP' }] };
  assert.is(
    problemOf({ containers: [twice] }),
    '.spec.containers[name="c"].ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
  );
});

test('a field that no type has ends the look at its neighbours', () => {
  const problem = problemOf({ nope: 1, hostNetwork: 'yes' });
  assert.is(problem, '.spec.nope: field not declared in schema');
});

test('what is right has no problem; null says nothing', () => {
  const container = { name: 'c', image: null, ports: [{ containerPort: 80 }] };
  assert.is(problemOf({ containers: [container], nodeSelector: { a: 'b' } }), undefined);
});

test.run();
