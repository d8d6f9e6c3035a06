/** JSON patches and strategic merge patches, by upstream's own tables (api-04 §1, §3). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonPatch } from '../../src/api/patch/json.ts';
import { PatchError, strategicPatch } from '../../src/api/patch/strategic.ts';

const test = suite('patches');

const json = (target: unknown, ...operations: object[]) => {
  const patched = jsonPatch(target, operations);
  return patched.ok ? patched.value : patched.reason;
};

test('JSON patch: a negative index counts from the end', () => {
  const list = { a: [1, 2, 3] };
  assert.equal(json(list, { op: 'replace', path: '/a/-1', value: 9 }), { a: [1, 2, 9] });
  assert.equal(json(list, { op: 'remove', path: '/a/-3' }), { a: [2, 3] });
  assert.equal(json(list, { op: 'add', path: '/a/-1', value: 9 }), { a: [1, 2, 3, 9] });
  assert.is(json(list, { op: 'remove', path: '/a/-4' }), 'Invalid');
});

test('JSON patch: what is missing equals null, but only where something could be', () => {
  assert.equal(json({ a: {} }, { op: 'test', path: '/a/b', value: null }), { a: {} });
  assert.is(json({ a: {} }, { op: 'test', path: '/a/b/c', value: null }), 'Invalid');
  assert.equal(json({ a: null }, { op: 'test', path: '/a' }), { a: null });
});

test('JSON patch: the whole is replaced, and nothing is added to it from outside', () => {
  assert.equal(json({ a: 1 }, { op: 'replace', path: '', value: { b: 2 } }), { b: 2 });
  assert.is(json({ a: 1 }, { op: 'add', path: '', value: { b: 2 } }), 'Invalid');
});

const pod = 'core.v1.PodSpec';
const strategic = (target: unknown, patch: unknown) => {
  try {
    return strategicPatch(target, patch, pod);
  } catch (error) {
    if (error instanceof PatchError) return `${error.reason}: ${error.message}`;
    throw error;
  }
};

test('strategic merge: deletions go before all that is merged', () => {
  const containers = [{ name: 'a', image: 'x' }];
  const added = { name: 'a', tty: true };
  const patch = { containers: [added, { name: 'a', $patch: 'delete' }] };
  assert.equal(strategic({ containers }, patch), { containers: [added] });
});

test('strategic merge: directives that make no sense', () => {
  const containers = [{ name: 'a' }];
  const volumes = [{ name: 'v', emptyDir: {} }];
  const refusal = (patch: unknown) => strategic({ containers, volumes }, patch);
  assert.is(
    refusal({ volumes: [{ name: 'v', secret: {}, $retainKeys: ['name'] }] }),
    "Invalid: patch content doesn't match retainKeys list",
  );
  assert.is(
    refusal({ volumes: [{ name: 'v', $retainKeys: 'name' }] }),
    'BadRequest: invalid patch format of retainKeys',
  );
  assert.is(
    refusal({ '$setElementOrder/containers': 'a' }),
    'InternalError: expected a []interface {}, but received a string',
  );
  assert.is(
    strategic({ securityContext: {} }, { securityContext: { $patch: 'merge' } }),
    'InternalError: unknown patch type: merge in map: map[$patch:merge]',
  );
  assert.is(refusal({ containers: [[1]] }), 'Invalid: lists of lists are not supported');
  assert.is(
    refusal({ '$setElementOrder/containers': [{ image: 'a' }], containers: [] }),
    'InternalError: map: map[image:a] does not contain declared merge key: name',
  );
});

test('strategic merge: an order must name what the patch brings, with all of the patch told', () => {
  const patch = {
    '$setElementOrder/containers': [{ name: 'b' }],
    containers: [
      { name: 'a', tty: true },
      { name: 'c', $patch: 'delete' },
    ],
  };
  assert.is(
    strategic({ containers: [{ name: 'a' }] }, patch),
    "InternalError: The order in patch list:\n[map[name:a tty:true] map[$patch:delete name:c]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
  );
});

test.run();
