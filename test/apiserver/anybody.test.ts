/** Whatever decodes is answered: no body of any shape makes the API server throw. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decode } from '../../src/api/decode.ts';
import { kinds } from '../../src/api/index.ts';
import type { Draft } from '../../src/api/meta.ts';
import { type FieldType, typeNameOf, typeOf } from '../../src/api/structure.ts';
import { planFor, Run } from '../../src/sim/run.ts';
import { scenarioOf } from '../../src/sim/scenario/parse.ts';
import { defaultNodes } from '../../src/sim/scenario/types.ts';
import { type Any, TestCluster } from './cluster.ts';

const test = suite('any body');

const words = ['', 'a', 'web', 'Always', 'A_b', '1', '25%', '2026-01-01T00:00:00Z', '100m'];
const counts = [0, 1, -1, 3, 2 ** 31 - 1];

/** A value of a type: each field there or not, or null, to a depth. */
function valueFor(type: FieldType, depth: number): fc.Arbitrary<unknown> {
  if (type.ref !== undefined) return structOf(type.ref, depth);
  if (type.items !== undefined) {
    return depth <= 0
      ? fc.constant([])
      : fc.array(valueFor(type.items, depth - 1), { maxLength: 2 });
  }
  if (type.map !== undefined) {
    const value = valueFor(type.map, depth - 1);
    return fc.dictionary(fc.constantFrom('app', 'cpu', 'a/b', ''), value, { maxKeys: 2 });
  }
  if (type.type === 'boolean') return fc.boolean();
  if (type.type === 'integer' || type.type === 'number') return fc.constantFrom(...counts);
  return fc.constantFrom(...(type.format === 'byte' ? ['', 'YQ=='] : words));
}

const specials: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'api.resource.Quantity': fc.constantFrom('1', '100m', '1Gi', '-1', 2),
  'util.intstr.IntOrString': fc.constantFrom(1, 0, -1, '25%', 'x', '0%'),
  'apis.meta.v1.Time': fc.constantFrom('2026-01-01T00:00:00Z'),
  'apis.meta.v1.MicroTime': fc.constantFrom('2026-01-01T00:00:00.000000Z'),
};

function structOf(name: string, depth: number): fc.Arbitrary<unknown> {
  const special = specials[name];
  if (special !== undefined) return special;
  const fields = Object.entries(typeOf(name)?.fields ?? {});
  if (depth <= 0 || fields.length === 0) return fc.constant({});
  return fc
    .subarray(fields, { maxLength: Math.min(6, fields.length) })
    .chain((some) =>
      fc.record(
        Object.fromEntries(
          some.map(([field, type]) => [field, fc.option(valueFor(type, depth - 1), { freq: 8 })]),
        ),
      ),
    );
}

const bodies = fc.constantFrom(...kinds).chain((kind) => {
  const typeName = typeNameOf(kind.apiVersion, kind.kind)!;
  const { spec } = typeOf(typeName)?.fields ?? {};
  const whole = structOf(typeName, 5);
  const withSpec =
    spec?.ref === undefined
      ? whole
      : fc.record({ metadata: fc.constant({ name: 'x' }), spec: structOf(spec.ref, 6) });
  return fc.oneof(whole, withSpec).map((body) => ({ kind, body: body as Any }));
});

/** Creates it, and if that is allowed changes and removes it. */
function handleAll(kind: (typeof kinds)[number], body: Any): void {
  const cluster = new TestCluster();
  const metadata = { ...body.metadata, namespace: kind.namespaced ? 'default' : undefined };
  const object = { ...body, metadata, apiVersion: kind.apiVersion, kind: kind.kind };
  assert.is(decode(object, kind.apiVersion, kind.kind).mismatch, undefined);
  const namespace = kind.namespaced ? { namespace: 'default' } : {};
  const given = { kind: kind.kind, ...namespace };
  const fieldValidation = 'Strict';
  cluster.api.handle({ verb: 'create', ...given, object, fieldValidation }, 'user', []);
  const named = { ...given, name: 'x' };
  const patch = { spec: body.spec, status: body.status };
  for (const patchType of ['merge', 'strategic'] as const) {
    const request = { verb: 'patch', ...named, patchType, patch, fieldValidation } as const;
    cluster.api.handle(request, 'user', []);
    cluster.api.handle({ ...request, subresource: 'status' }, 'user', []);
  }
  cluster.api.handle({ verb: 'delete', ...named }, 'user', []);
}

test('every object of every kind is accepted or refused', () => {
  const judge = fc.property(bodies, ({ kind, body }) => handleAll(kind, body));
  fc.assert(judge, { numRuns: 600, seed: 7, includeErrorInReport: true });
  fc.assert(judge, { numRuns: 200, includeErrorInReport: true });
});

/** A Pod, or a Deployment of such Pods, that the API server accepts more often than not. */
const workloads = fc
  .record({ spec: structOf('core.v1.PodSpec', 6), isPod: fc.boolean() })
  .map(({ spec, isPod }) => {
    const { containers: _, initContainers: _init, ...rest } = spec as Any;
    const podSpec = { ...rest, containers: [{ name: 'c', image: 'web' }] };
    const selector = { matchLabels: { app: 'x' } };
    const template = { metadata: { labels: { app: 'x' } }, spec: podSpec };
    return (
      isPod
        ? { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: podSpec }
        : {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { name: 'x' },
            spec: { replicas: 2, selector, template },
          }
    ) as Draft;
  });

test('every object that is accepted can be played', () => {
  let accepted = 0;
  const judge = fc.property(workloads, (object) => {
    const run = new Run(planFor(scenarioOf([object], defaultNodes)));
    run.finish(5_000);
    const made = run.simulation.store.view().list(object.kind);
    if (made.length > 0) accepted += 1;
  });
  fc.assert(judge, { numRuns: 150, seed: 7, includeErrorInReport: true });
  fc.assert(judge, { numRuns: 50, includeErrorInReport: true });
  assert.ok(accepted > 20, `${accepted} of 200 were accepted`);
});

test.run();
