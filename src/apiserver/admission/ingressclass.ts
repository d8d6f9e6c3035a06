/** DefaultIngressClass: an Ingress that names no class gets the default one, if there is one. */
import type { KubeObject } from '../../api/meta.ts';
import type { View } from '../../store/view.ts';

const isDefault = 'ingressclass.kubernetes.io/is-default-class';
const oldClass = 'kubernetes.io/ingress.class';

interface Ingress extends KubeObject {
  readonly spec?: { readonly ingressClassName?: string };
}

export function withIngressClass(object: KubeObject, view: View): KubeObject {
  const { metadata, spec } = object as Ingress;
  if (spec?.ingressClassName !== undefined) return object;
  if (metadata.annotations?.[oldClass] !== undefined) return object;
  const [newest] = view
    .list('IngressClass')
    .filter((one) => one.metadata.annotations?.[isDefault] === 'true')
    .toSorted(newestFirst);
  if (newest === undefined) return object;
  return { ...object, spec: { ...spec, ingressClassName: newest.metadata.name } } as KubeObject;
}

/** The first by name among equals. */
function newestFirst({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  if (a.creationTimestamp !== b.creationTimestamp) {
    return a.creationTimestamp > b.creationTimestamp ? -1 : 1;
  }
  return a.name < b.name ? -1 : 1;
}
