/** What a kubelet has told the API server of its Pods, and what it has to tell. */
import type { PodStatus } from '../../api/pod/pod.ts';
import { isStaticPod } from '../node/critical.ts';
import type { StaticPods } from '../staticpods.ts';
import type { PodWorker } from '../sync/podworker.ts';
import { StatusReport } from './statusreport.ts';

export class Reports {
  readonly #statics: StaticPods;
  /** By uid, as the API server took it. */
  readonly #accepted = new Map<string, PodStatus>();

  constructor(statics: StaticPods) {
    this.#statics = statics;
  }

  /** What is to be reported, if the status changed; of a static Pod its mirror is told. */
  of({ pod: own, status, context }: PodWorker): StatusReport | undefined {
    const pod = isStaticPod(own) ? this.#statics.mirrorAt(context.key) : own;
    if (status === undefined || pod === undefined) return undefined;
    return StatusReport.of(pod, this.#accepted.get(pod.metadata.uid) ?? pod.status, status);
  }

  accepted({ pod, after }: StatusReport): void {
    this.#accepted.set(pod.metadata.uid, after);
  }

  forget(uid: string): void {
    this.#accepted.delete(uid);
  }
}
