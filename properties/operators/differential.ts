/** What of a cluster's state matters in the end: everything but names and times that chance gives. */

import { kindNameOf, kindOf } from '../../src/api/index.ts';
import { controllerOf, type KubeObject } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { isPodReady } from '../../src/api/pod/podstatus.ts';
import type { View } from '../../src/store/view.ts';

/** Kinds that say nothing about what a user wanted. */
const infrastructure = new Set([
  'CustomResourceDefinition',
  'Event',
  'Lease',
  'Namespace',
  'Node',
  'ControllerRevision',
]);

/** The objects in words that two clusters can agree on, by `kind key`. */
export function finalState(view: View): ReadonlyMap<string, string> {
  const state = new Map<string, string>();
  for (const kind of view.kinds) {
    if (infrastructure.has(kind)) continue;
    for (const object of view.list(kind)) {
      if (isMadeByBuiltIn(object)) continue;
      const { namespace = '', name } = object.metadata;
      state.set(`${kind} ${namespace}/${name}`, textOf(object));
    }
  }
  return state;
}

/** What the controllers of Kubernetes make of an object is their business, and has its history. */
const isMadeByBuiltIn = (object: KubeObject): boolean => {
  const owner = controllerOf(object);
  return owner !== undefined && kindOf(owner.kind)?.apiVersion === owner.apiVersion;
};

/** Annotations that tell a history, and those of the search. */
const passing = /^(touched$|deployment\.kubernetes\.io\/)/;

/** The first difference, told from the side of what was expected. */
export function difference(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): string | undefined {
  for (const [id, text] of expected) {
    const other = found.get(id);
    if (other === undefined) return `${id} is missing`;
    if (other !== text) return `${id} is ${other}, and not ${text}`;
  }
  for (const id of found.keys()) if (!expected.has(id)) return `${id} is left over`;
  return undefined;
}

function textOf(object: KubeObject): string {
  const { labels = {}, finalizers = [], ownerReferences = [] } = object.metadata;
  const owners = ownerReferences.map((ref) => `${kindNameOf(ref)}/${ref.name}`);
  const annotations = Object.fromEntries(
    Object.entries(object.metadata.annotations ?? {}).filter(([name]) => !passing.test(name)),
  );
  const common = { labels, annotations, finalizers, owners };
  if (object.kind === 'Pod') {
    const { spec } = object as Pod;
    const images = spec.containers.map(({ image }) => image);
    return masked({ ...common, images, ready: isPodReady(object as Pod) });
  }
  const { apiVersion: _v, kind: _k, metadata: _m, status, ...rest } = object;
  const builtIn = kindOf(kindNameOf(object)) !== undefined;
  const { readyReplicas } = (status ?? {}) as { readyReplicas?: number };
  const told = builtIn ? { readyReplicas } : { status };
  return masked({ ...common, ...rest, ...told, behind: behindOf(object) });
}

/** Whether the status is about the newest spec: the numbers themselves only grow. */
function behindOf({ metadata, status }: KubeObject): number {
  const observed = (status as { observedGeneration?: number } | undefined)?.observedGeneration;
  return observed === undefined ? 0 : (metadata.generation ?? 0) - observed;
}

const chance =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|\b10\.\d+\.\d+\.\d+\b/g;

function masked(value: object): string {
  const text = JSON.stringify(value, (name, part) =>
    name === 'observedGeneration' ? undefined : sorted(part),
  );
  return text.replace(chance, '*');
}

const sorted = (part: unknown): unknown =>
  typeof part === 'object' && part !== null && !Array.isArray(part)
    ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
    : part;
