/** The Services to which a change of a Pod may matter (ctl-08 §A). */
import { semanticDeepEqual } from '../../api/equal.ts';
import { type Key, keyOf, type Labels } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodReady, isPodTerminal } from '../../api/pod/podstatus.ts';
import type { Service } from '../../api/service/service.ts';
import type { WatchEvent } from '../../sim/component.ts';
import type { View } from '../../store/view.ts';

/** It says which Pods are behind it, and is more than a name. */
export const selects = ({ spec: { type, selector } }: Service): boolean =>
  type !== 'ExternalName' && selector !== undefined && Object.keys(selector).length > 0;

export function matches({ spec: { selector = {} } }: Service, labels: Labels = {}): boolean {
  for (const name in selector) if (labels[name] !== selector[name]) return false;
  return true;
}

export const podsOf = (service: Service, view: View): readonly Pod[] =>
  view
    .by<Pod>('Pod', 'namespace', service.metadata.namespace ?? '')
    .filter(({ metadata: { labels } }) => matches(service, labels));

export function servicesToUpdate(
  { type, object, old }: WatchEvent<Pod>,
  view: View,
): readonly Key[] {
  const { namespace = '', labels } = object.metadata;
  const services = view.by<Service>('Service', 'namespace', namespace).filter(selects);
  if (services.length === 0) return [];
  const now = (service: Service) => matches(service, labels);
  if (type !== 'MODIFIED' || old === undefined) return services.filter(now).map(keyOf);
  const changed = hasChanged(old, object);
  const before = (service: Service) => matches(service, old.metadata.labels);
  if (!membershipMayDiffer(old, object)) return changed ? services.filter(now).map(keyOf) : [];
  return services
    .filter((service) =>
      changed ? now(service) || before(service) : now(service) !== before(service),
    )
    .map(keyOf);
}

const membershipMayDiffer = (old: Pod, pod: Pod): boolean =>
  !semanticDeepEqual(old.metadata.labels, pod.metadata.labels) ||
  old.spec.hostname !== pod.spec.hostname ||
  old.spec.subdomain !== pod.spec.subdomain;

/** As an endpoint it is not what it was. Each news of a Pod that is being deleted counts as such. */
const hasChanged = (old: Pod, pod: Pod): boolean =>
  old.metadata.deletionTimestamp !== undefined ||
  pod.metadata.deletionTimestamp !== undefined ||
  isPodReady(old) !== isPodReady(pod) ||
  isPodTerminal(old) !== isPodTerminal(pod) ||
  !semanticDeepEqual(old.status.podIPs, pod.status.podIPs);
