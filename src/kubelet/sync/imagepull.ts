/** Whether a container's image has to be pulled, and what that leads to (kubelet-01). */

import { goDuration } from '../duration.ts';
import { withDefaultTag } from '../runtime/imagename.ts';
import { type BackoffEntry, type BackoffLimits, backoffNext, backoffWait } from './backoff.ts';

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

export interface KubeletEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** A container's start failed: what its waiting state says. */
export interface StartError {
  readonly reason: string;
  readonly message: string;
}

export type ImageDecision =
  | {
      readonly type: 'present' | 'failed';
      readonly event: KubeletEvent;
      readonly error?: StartError;
    }
  | { readonly type: 'pull'; readonly event: KubeletEvent };

export interface ImageQuestion {
  readonly image: string;
  readonly policy: PullPolicy;
  readonly isPresent: boolean;
  readonly inspectError?: string | undefined;
}

export function imageDecision({
  image,
  policy,
  isPresent,
  inspectError,
}: ImageQuestion): ImageDecision {
  if (withDefaultTag(image) === undefined) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
    return failure('InspectFailed', 'InvalidImageName', message);
  }
  if (policy === 'Always') return pull(image);
  if (inspectError !== undefined) {
    const message = `Failed to inspect image "": ${inspectError}`;
    return failure('InspectFailed', 'ImageInspectError', message);
  }
  if (isPresent) {
    const message = `Container image "${image}" already present on machine and can be accessed by the pod`;
    return { type: 'present', event: { type: 'Normal', reason: 'Pulled', message } };
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    return failure('ErrImageNeverPull', 'ErrImageNeverPull', message);
  }
  return pull(image);
}

const pull = (image: string): ImageDecision => ({
  type: 'pull',
  event: { type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` },
});

const failure = (event: string, reason: string, message: string): ImageDecision => ({
  type: 'failed',
  event: { type: 'Warning', reason: event, message },
  error: { reason, message },
});

export const pulledEvent = (image: string, tookMs: number, waitedMs: number, bytes: number) => {
  const [took, all] = [goDuration(tookMs), goDuration(tookMs + waitedMs)];
  const message = `Successfully pulled image "${image}" in ${took} (${all} including waiting). Image size: ${bytes} bytes.`;
  return { type: 'Normal', reason: 'Pulled', message } as const;
};

export const pullFailedEvent = (image: string, error: string) =>
  ({
    type: 'Warning',
    reason: 'Failed',
    message: `Failed to pull image "${image}": ${error}`,
  }) as const;

const registryReasons: ReadonlySet<string> = new Set([
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** What a registry said: `RegistryUnavailable: …` and `SignatureValidationFailed: …` are reasons. */
export function pullError(image: string, said: string): StartError {
  const [reason = '', ...rest] = said.split(': ');
  if (!registryReasons.has(reason)) return { reason: 'ErrImagePull', message: said };
  const detail = rest.length === 0 ? '' : `: ${rest.join(': ')}`;
  const message =
    reason === 'RegistryUnavailable'
      ? `image pull failed for ${image} because the registry is unavailable${detail}`
      : `image pull failed for ${image} because the signature validation failed${detail}`;
  return { reason, message };
}

/** The last refusal of an image to a Pod: when it may be asked for again. A pull that works does not undo it. */
export interface PullFailure extends BackoffEntry {
  readonly error: StartError;
}

export const pullWait = (
  failure: PullFailure | undefined,
  now: number,
  limits: BackoffLimits,
): number => (failure === undefined ? 0 : backoffWait(failure, failure.updatedAt, now, limits));

export function pullFailed(
  before: PullFailure | undefined,
  error: StartError,
  now: number,
  limits: BackoffLimits,
): PullFailure {
  return { ...backoffNext(before, now, now, limits), error };
}

export const pullBackOffEvent = (image: string) =>
  ({ type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"` }) as const;

export const pullBackOffError = (image: string, { reason, message }: StartError): StartError => ({
  reason: 'ImagePullBackOff',
  message: `Back-off pulling image "${image}": ${reason}: ${message}`,
});
