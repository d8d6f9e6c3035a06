/** Objects as the API's encoder would write them, and the sharing of what did not change. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deepEqual, semanticDeepEqual, share } from '../../src/api/equal.ts';
import { normalized } from '../../src/api/normalize.ts';

const test = suite('normalized objects');

test('leaves out what is empty, but not what says something', () => {
  const spec = {
    replicas: 0,
    paused: false,
    minReadySeconds: 0,
    selector: { matchLabels: { a: 'b' }, matchExpressions: [] },
    strategy: {},
    template: {
      metadata: { creationTimestamp: null, labels: {} },
      spec: {
        nodeName: '',
        tolerations: [],
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [{ name: 'c', env: null, ports: [{ containerPort: 80, hostPort: 0 }] }],
      },
    },
  };
  assert.equal(normalized(spec, 'apps.v1.DeploymentSpec'), {
    replicas: 0,
    selector: { matchLabels: { a: 'b' } },
    strategy: {},
    template: {
      metadata: {},
      spec: {
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [{ name: 'c', ports: [{ containerPort: 80 }] }],
      },
    },
  });
});

test('keeps what is always written, and null where it means no time', () => {
  const event = { involvedObject: {}, eventTime: null, reportingComponent: '', count: 0 };
  assert.equal(normalized(event, 'core.v1.Event'), {
    involvedObject: {},
    eventTime: null,
    reportingComponent: '',
  });
});

test('returns the same object when there is nothing to do', () => {
  const spec = { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] };
  assert.is(normalized(spec, 'core.v1.PodSpec'), spec);
  const odd = { anything: [], 0: null };
  assert.is(normalized(odd, 'no.such.Type'), odd);
});

test('does not look at parts that are known', () => {
  const known = { containers: [], tolerations: [] };
  assert.is(normalized(known, 'core.v1.PodSpec', known), known);
});

test('writes quantities as Kubernetes stores them', () => {
  const stored = (text: unknown) =>
    normalized({ requests: { x: text } }, 'core.v1.ResourceRequirements').requests.x;
  for (const [given, kept] of [
    ['0.5', '500m'],
    ['1500m', '1500m'],
    ['1000m', '1'],
    ['1e3', '1e3'],
    ['100k', '100k'],
    ['1024', '1024'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.1Gi', '107374182400m'],
    ['1n', '1m'],
    [2, '2'],
    ['junk', 'junk'],
  ]) {
    assert.is(stored(given), kept, String(given));
  }
});

test('`__proto__` is a name like any other', () => {
  const labels = JSON.parse('{"__proto__":{"polluted":true},"a":"b"}');
  const old = { metadata: { labels: { a: 'b' } } };
  const next = share(old, { metadata: { labels } });
  assert.ok(Object.hasOwn(next.metadata.labels, '__proto__'));
  assert.is(({} as Record<string, unknown>).polluted, undefined);
});

const json = fc.jsonValue({ maxDepth: 3 });

test('sharing keeps the value, and the identity of what is equal', () => {
  fc.assert(
    fc.property(json, json, (old, next) => {
      const shared = share(old, next);
      assert.ok(deepEqual(shared, next));
      assert.is(share(next, structuredClone(next)), next);
    }),
    { includeErrorInReport: true },
  );
});

test('sharing leaves out what is undefined', () => {
  const old = { a: 1, b: { c: 2 } };
  assert.is(share(old, { a: 1, b: { c: 2, d: undefined } }), old);
});

test('absent and empty mean the same, but zero does not', () => {
  assert.ok(semanticDeepEqual({ a: [] }, {}));
  assert.ok(semanticDeepEqual({ a: {} }, { b: undefined }));
  assert.not(semanticDeepEqual({ a: 0 }, {}));
  assert.not(semanticDeepEqual([{}], []));
});

test.run();
