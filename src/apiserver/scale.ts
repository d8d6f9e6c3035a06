/** The scale subresource of workloads: their size, apart from everything else (api-02 §10). */
import { valuesAt, withValueAt } from '../api/custom/jsonpath.ts';
import { type Kind, nameOf, type ScalePaths } from '../api/kind.ts';
import type { KubeObject, Labels } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import type { LabelSelector } from '../api/podspec.ts';
import { selectorText } from '../api/selectortext.ts';
import { rejection, type Status } from '../api/status.ts';
import { fieldOf, typeNameOf } from '../api/structure.ts';
import { invalid } from '../api/validation/errors.ts';
import type { Handling } from './apiserver.ts';
import { homeOf } from './metadata.ts';
import { invalidAs, notFound } from './reject.ts';
import { type Response, refused } from './request.ts';
import { update } from './update.ts';

interface Scalable {
  readonly spec: { readonly replicas?: number; readonly selector?: LabelSelector | Labels };
  readonly status?: { readonly replicas?: number };
}

/** The object's autoscaling/v1 Scale. */
export function scaleOf(object: KubeObject, { scale }: Pick<Kind, 'scale'> = {}): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { desired, current, selector } = scale === undefined ? sizes(object) : at(object, scale);
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: { ...(desired ? { replicas: desired } : {}) },
    status: { replicas: current, ...(selector === '' ? {} : { selector }) },
  };
}

interface Sizes {
  readonly desired: number | undefined;
  readonly current: number;
  readonly selector: string;
}

function sizes(object: KubeObject): Sizes {
  const { spec, status } = object as unknown as Scalable;
  return {
    desired: spec.replicas,
    current: status?.replicas ?? 0,
    selector: selectorText(
      selectsByLabels(object) ? asSelector(spec.selector) : (spec.selector as LabelSelector),
    ),
  };
}

/** Whether the structure of the API has plain labels for a selector, as its oldest kinds do. */
function selectsByLabels({ apiVersion, kind }: KubeObject): boolean {
  const spec = fieldOf(typeNameOf(apiVersion, kind), 'spec')?.ref;
  return fieldOf(spec, 'selector')?.map !== undefined;
}

const asSelector = (labels: unknown): LabelSelector =>
  labels === undefined ? {} : { matchLabels: labels as Labels };

/** Where the definition of a custom resource says that its size stands. */
function at(object: KubeObject, paths: ScalePaths): Sizes {
  const valueAt = (path: string): unknown => valuesAt(object, path)[0];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths;
  return {
    desired: valueAt(specReplicasPath) as number | undefined,
    current: (valueAt(statusReplicasPath) as number | undefined) ?? 0,
    selector: labelSelectorPath === undefined ? '' : String(valueAt(labelSelectorPath) ?? ''),
  };
}

/** A custom resource that does not say its size has no Scale. */
export function scaleRefusal(object: KubeObject, { scale }: Kind): Status | undefined {
  if (scale === undefined || at(object, scale).desired !== undefined) return undefined;
  const why = `the spec replicas field "${scale.specReplicasPath}" does not exist`;
  return rejection('InternalError', `Internal error occurred: ${why}`, {
    causes: [{ message: why }],
  });
}

export function updateScale(
  scale: KubeObject,
  handling: Handling,
  verb: 'update' | 'patch',
): Response {
  const { kind, store } = handling;
  const { name, namespace, resourceVersion, uid } = scale.metadata;
  const current = store.get(nameOf(kind), makeKey(homeOf(kind, namespace), name));
  if (current === undefined) return refused(notFound(kind, name));
  const { replicas = 0 } = (scale.spec ?? {}) as { replicas?: number };
  if (replicas < 0) {
    const error = invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    const details = { name, group: 'autoscaling', kind: 'Scale' };
    return refused(invalidAs('Scale.autoscaling', name, [error], details));
  }
  const { resourceVersion: own } = current.metadata;
  const metadata = {
    ...current.metadata,
    uid: uid || current.metadata.uid,
    resourceVersion: resourceVersion || own,
  };
  const path = kind.scale?.specReplicasPath ?? '.spec.replicas';
  const next = withValueAt({ ...current, metadata }, path, replicas);
  const resized = update(next, { verb, subresource: 'scale' }, handling);
  return resized.ok && resized.object !== undefined
    ? { ok: true, object: scaleOf(resized.object, kind) }
    : resized;
}
