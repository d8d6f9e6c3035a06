/** Admission that only judges: after validation, when all that is to be stored is known (api-07 §7). */
import type { KubeObject } from '../../api/meta.ts';
import type { Pod } from '../../api/pod.ts';
import type { Status } from '../../api/status.ts';
import type { Handling } from '../apiserver.ts';
import { forbidden } from '../reject.ts';
import { limitRefusal } from './limitranger.ts';
import { resizeRefusal } from './podresize.ts';
import { quotaRefusal } from './resourcequota.ts';

/**
 * What quotas limit is charged to them here, so nothing may be refused after it but for its name.
 *
 * @param before what it takes the place of, if there is something
 * @param subresource through which it is changed: `resize`
 */
export function admissionRefusal(
  object: KubeObject,
  before: KubeObject | undefined,
  handling: Handling,
  subresource?: string,
): Status | undefined {
  const { kind, store } = handling;
  if (object.metadata.namespace === undefined) return undefined;
  const isResized = subresource === 'resize';
  const isLimited =
    isResized ||
    (before === undefined
      ? kind.kind === 'Pod' || kind.kind === 'PersistentVolumeClaim'
      : kind.kind === 'PersistentVolumeClaim' && before.metadata.deletionTimestamp === undefined);
  const why =
    (isLimited ? limitRefusal(object, store.view()) : undefined) ??
    (isResized ? resizeRefusal(object as Pod, store.view()) : undefined) ??
    quotaRefusal(object, before, handling, isResized);
  return why === undefined ? undefined : forbidden(kind, object.metadata.name, why);
}
