/** What an API server says of objects that are wrong, one line each: `field: message`. */
import * as assert from 'uvu/assert';
import { kindOf } from '../../../src/api/index.ts';
import type { FieldError } from '../../../src/api/kind.ts';
import type { Status } from '../../../src/api/status.ts';
import { type Any, TestCluster } from '../../apiserver/cluster.ts';

/** An object that is right, and what makes it wrong: `spec.ports.0.port` and what stands there then. */
export type Change = Readonly<Record<string, unknown>>;

/** A copy of `object` with some places changed; `undefined` takes what is there away. */
export function changed(object: Any, change: Change): Any {
  const copy = structuredClone(object);
  for (const [path, value] of Object.entries(change)) {
    const steps = path.split('/');
    const last = steps.pop()!;
    const parent = steps.reduce((at, step) => {
      at[step] ??= {};
      return at[step];
    }, copy);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy;
}

const linesOf = (errors: readonly FieldError[]): readonly string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

const causesOf = (status: Status): readonly string[] =>
  linesOf((status.details?.causes ?? []) as readonly FieldError[]);

function answer(kind: string, object: Any, before?: Any, subresource?: string): readonly string[] {
  const { apiVersion, namespaced } = kindOf(kind)!;
  const whole = (one: Any): Any => ({
    apiVersion,
    kind,
    ...one,
    metadata: { name: 'x', ...(namespaced ? { namespace: 'default' } : {}), ...one.metadata },
  });
  const cluster = new TestCluster();
  if (before !== undefined) cluster.create(kind, whole(before));
  const given = whole(object);
  if (before !== undefined) {
    const { resourceVersion } = cluster.get(
      kind,
      given.metadata.name,
      given.metadata.namespace,
    ).metadata;
    given.metadata = { resourceVersion, ...given.metadata };
  }
  const verb = before === undefined ? ('create' as const) : ('update' as const);
  const asked = {
    verb,
    kind,
    object: given,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const response = cluster.api.handle(asked as Any, 'user/test', []);
  if (response.ok) return [];
  assert.is(response.status.reason, 'Invalid', response.status.message);
  return causesOf(response.status);
}

/** Creates what is right, and then each that is wrong. */
export function refuses(
  kind: string,
  right: Any,
  wrong: readonly (readonly [Change, ...string[]])[],
) {
  assert.equal(answer(kind, right), [], 'what is right is accepted');
  for (const [change, ...lines] of wrong) {
    assert.equal(answer(kind, changed(right, change)), lines, JSON.stringify(change));
  }
}

/** Changes what is there. Metadata is looked at more than once: each line is expected once. */
export function refusesUpdate(
  kind: string,
  right: Any,
  wrong: readonly (readonly [Change, ...string[]])[],
  subresource?: string,
) {
  for (const [change, ...lines] of wrong) {
    const said = new Set(answer(kind, changed(right, change), right, subresource));
    assert.equal([...said], lines, JSON.stringify(change));
  }
}
