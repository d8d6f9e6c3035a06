/** The Scale of an object: its size, apart from everything else (api-02 §10). */
import { valuesAt } from '../api/jsonpath/index.ts';
import type { Kind, ScalePaths } from '../api/kind.ts';
import type { KubeObject, Labels } from '../api/meta.ts';
import type { LabelSelector } from '../api/pod/podspec.ts';
import { selectorText } from '../api/selectors/selectortext.ts';
import { fieldOf, typeNameOf } from '../api/structure.ts';

interface Scalable {
  readonly spec: { readonly replicas?: number; readonly selector?: LabelSelector | Labels };
  readonly status?: { readonly replicas?: number };
}

/** The object's autoscaling/v1 Scale. */
export function scaleOf(object: KubeObject, { scale }: Pick<Kind, 'scale'> = {}): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { desired, current, selector } =
    scale === undefined ? sizes(object) : sizesAt(object, scale);
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
export function sizesAt(object: KubeObject, paths: ScalePaths): Sizes {
  const valueAt = (path: string): unknown => valuesAt(object, path)[0];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths;
  return {
    desired: valueAt(specReplicasPath) as number | undefined,
    current: (valueAt(statusReplicasPath) as number | undefined) ?? 0,
    selector: labelSelectorPath === undefined ? '' : String(valueAt(labelSelectorPath) ?? ''),
  };
}
