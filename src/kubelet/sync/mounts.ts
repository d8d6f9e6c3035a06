/**
 * What a sync looks after before the runtime is asked for anything (kubelet-01, steps 7 and 8): volumes
 * that cannot be set up are told and tried again, later each time; pull secrets are only told.
 */
import type { PodContext } from './podcontext.ts';
import { missingPullSecrets, mountProblem } from './references.ts';

/** Milliseconds between two tries to set a volume up. */
const firstRetryMs = 500;
const lastRetryMs = 122_000;

export class Mounts {
  readonly #context: PodContext;
  #delayMs = 0;
  #nextAt = 0;

  constructor(context: PodContext) {
    this.#context = context;
  }

  /** Whether they are all there. Where not, a next sync is arranged for. */
  get areReady(): boolean {
    const { env, uid, claims } = this.#context;
    const message = this.#problem;
    if (message === undefined && (claims?.missing ?? []).length === 0) return true;
    if (env.now >= this.#nextAt) {
      // That a volume is still on its way is not told: whoever brings it says why it does not come.
      if (message !== undefined) {
        this.#context.emit({ type: 'Warning', reason: 'FailedMount', message });
      }
      this.#delayMs = Math.min(Math.max(firstRetryMs, this.#delayMs * 2), lastRetryMs);
      this.#nextAt = env.now + this.#delayMs;
    }
    env.timer(`sync ${uid}`, this.#nextAt);
    return false;
  }

  get #problem(): string | undefined {
    const { pod, referenced, claims } = this.#context;
    const { unprocessed = [], missing = [] } = claims ?? {};
    if (unprocessed.length > 0) {
      const names = unprocessed.map(({ volume }) => volume);
      const unattached = missing.map(({ volume }) => volume);
      const why = unprocessed.map(({ problem }) => problem).join(', ');
      return `Unable to attach or mount volumes: unmounted volumes=[${[...names, ...unattached].join(' ')}], unattached volumes=[${unattached.join(' ')}], failed to process volumes=[${names.join(' ')}]: ${why}`;
    }
    const problem = mountProblem(pod, referenced);
    return (
      problem && `MountVolume.SetUp failed for volume "${problem.volume}" : ${problem.message}`
    );
  }

  /** For the memory of the worker. */
  get delayMs(): number {
    return this.#delayMs;
  }
}

/** Pull secrets that are not there: the pull is tried all the same. */
export function tellPullSecrets(context: PodContext): void {
  if (context.referenced.size === 0) return;
  const names = missingPullSecrets(context.pod, context.referenced);
  if (names.length === 0) return;
  const message = `Unable to retrieve some image pull secrets (${names.join(', ')}); attempting to pull the image may not succeed.`;
  context.emit({ type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message });
}
