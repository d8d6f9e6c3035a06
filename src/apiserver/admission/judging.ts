/** Admission that only judges: after validation, when all that is to be stored is known (api-07 §7). */
import type { CertificateSigningRequest as Csr } from '../../api/certificatesigningrequest.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Status } from '../../api/status.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { View } from '../../store/view.ts';
import type { Handling } from '../apiserver.ts';
import { isPoliced, policyRefusal } from '../policies/validating.ts';
import { forbidden, invalid } from '../reject.ts';
import { signerRefusal, subjectRefusal } from './certificates.ts';
import { claimResizeRefusal } from './claimresize.ts';
import { escalationRefusal, isGranting } from './escalation.ts';
import { limitRefusal } from './limitranger.ts';
import { resizeRefusal } from './podresize.ts';
import { namespaceLabelErrors, podSecurityRefusal } from './podsecurity/index.ts';
import { quotaRefusal } from './resourcequota.ts';

/**
 * What quotas limit is charged to them here, so nothing may be refused after it but for its name.
 *
 * @param before what it takes the place of, if there is something
 * @param subresource through which it is changed: `resize` or `ephemeralcontainers`
 */
export function admissionRefusal(
  object: KubeObject,
  before: KubeObject | undefined,
  handling: Handling,
  subresource?: string,
): Status | undefined {
  const { kind } = handling;
  const asked: Asked = { object, before, subresource };
  const own = ownRefusal(asked, handling);
  if (own !== undefined) return own;
  if (isPoliced(handling)) {
    const operation = before === undefined ? 'CREATE' : 'UPDATE';
    const denied = policyRefusal({ operation, ...asked }, handling);
    if (denied !== undefined) return denied;
  }
  const { name, namespace } = object.metadata;
  const full = namespace === undefined ? undefined : beyondQuota(asked, handling);
  return full === undefined ? undefined : forbidden(kind, name, full);
}

/** By what the server itself asks for, quotas apart. */
function ownRefusal(asked: Asked, handling: Handling): Status | undefined {
  const { object, before } = asked;
  const { kind, store } = handling;
  const { name, namespace } = object.metadata;
  if (kind.kind === 'Namespace') {
    const errors = namespaceLabelErrors(object, before);
    return errors.length === 0 ? undefined : invalid(kind, name, errors);
  }
  if (kind.kind === 'PriorityClass') {
    const why = secondDefault(object as PriorityClass, store.view());
    return why === undefined ? undefined : forbidden(kind, name, why);
  }
  if (isGranting(kind)) return escalationRefusal(object, before, handling);
  if (kind.kind === 'CertificateSigningRequest') {
    const why = unvouched(asked, handling);
    return why === undefined ? undefined : forbidden(kind, name, why);
  }
  if (namespace === undefined) return undefined;
  const why = beyondLimits(asked, handling) ?? unsafe(asked, handling);
  return why === undefined ? undefined : forbidden(kind, name, why);
}

function unvouched({ object, before, subresource }: Asked, handling: Handling) {
  const [next, old] = [object, before] as [Csr, Csr | undefined];
  return old === undefined ? subjectRefusal(next) : signerRefusal(next, old, subresource, handling);
}

interface Asked {
  readonly object: KubeObject;
  readonly before: KubeObject | undefined;
  readonly subresource: string | undefined;
}

/** Claims are asked again when they change, and Pods when they are resized. */
function beyondLimits({ object, before, subresource }: Asked, { kind, store }: Handling) {
  if (subresource !== undefined && subresource !== 'resize') return undefined;
  const isChangedClaim =
    kind.kind === 'PersistentVolumeClaim' && before?.metadata.deletionTimestamp === undefined;
  const isNewPod = kind.kind === 'Pod' && before === undefined;
  const isLimited = isChangedClaim || isNewPod || subresource === 'resize';
  return isLimited ? limitRefusal(object, store.view()) : undefined;
}

function unsafe({ object, before }: Asked, { kind, store }: Handling) {
  if (kind.kind === 'Pod') {
    return podSecurityRefusal(object as Pod, before as Pod | undefined, store.view());
  }
  if (kind.kind !== 'PersistentVolumeClaim' || before === undefined) return undefined;
  const [next, old] = [object, before] as [PersistentVolumeClaim, PersistentVolumeClaim];
  return claimResizeRefusal(next, old, store.view());
}

function beyondQuota({ object, before, subresource }: Asked, handling: Handling) {
  if (subresource === 'ephemeralcontainers') return undefined;
  const isResized = subresource === 'resize';
  return (
    (isResized ? resizeRefusal(object as Pod, handling.store.view()) : undefined) ??
    quotaRefusal(object, before, handling, isResized)
  );
}

interface PriorityClass extends KubeObject {
  readonly globalDefault?: boolean;
}

/** There is one default at most. */
function secondDefault({ metadata, globalDefault }: PriorityClass, view: View): string | undefined {
  if (globalDefault !== true) return undefined;
  const other = view
    .list<PriorityClass>('PriorityClass')
    .find((one) => one.globalDefault === true && one.metadata.name !== metadata.name);
  return other === undefined
    ? undefined
    : `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`;
}
