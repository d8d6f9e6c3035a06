/** From an object to the controllers that care: its owner, or all that would adopt it. */
import { controllerOf, type Key, type KubeObject, keyOf, makeKey } from '../api/meta.ts';
import type { LabelSelector } from '../api/pod/podspec.ts';
import { selectorOf, selectsEverything } from '../api/selectors/selectors.ts';
import type { View } from '../store/view.ts';

/** The owner of that kind, if the object's controllerRef names one that the cache has. */
export function resolveController<T extends KubeObject>(
  view: View,
  kind: string,
  object: KubeObject,
): T | undefined {
  const ref = controllerOf(object);
  if (ref === undefined || ref.kind !== kind) return undefined;
  const owner = view.get<T>(kind, makeKey(object.metadata.namespace, ref.name));
  return owner?.metadata.uid === ref.uid ? owner : undefined;
}

/** Keys of all of a kind in the object's namespace whose selector matches it. */
export function matchingKeys(
  view: View,
  kind: string,
  object: KubeObject,
  selectorIn = (one: KubeObject) => (one.spec as { selector?: LabelSelector }).selector,
): readonly Key[] {
  const { labels, namespace = '' } = object.metadata;
  if (labels === undefined) return [];
  return view
    .by(kind, 'namespace', namespace)
    .filter((candidate) => {
      const selector = selectorIn(candidate);
      if (selector === undefined || selectsEverything(selector)) return false;
      return selectorOf(selector)(labels);
    })
    .map(keyOf);
}
