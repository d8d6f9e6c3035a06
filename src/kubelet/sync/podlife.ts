/** A Pod's machine, as its kubelet moves it: by what becomes of the object, and of its status. */
import { type PodEvent, podTable, refused, type StateNumber } from '../../../machines/index.ts';
import type { Pod, PodStatus } from '../../api/pod/pod.ts';
import { isPodTerminal } from '../../api/pod/podstatus.ts';
import type { Environment } from '../../sim/component.ts';

const deletionRequested = { type: 'pod.deletionRequested' } as const;

export class PodLife {
  readonly #env: Environment;
  readonly #key: string;
  #state: StateNumber = podTable.next(podTable.initial(undefined), { type: 'pod.bound' });

  constructor(env: Environment, key: string) {
    this.#env = env;
    this.#key = key;
  }

  get text(): string {
    return podTable.text(this.#state);
  }

  /** The kubelet has to bring it to its end, or it has come to it. */
  get stops(): boolean {
    return podTable.has(this.#state, 'stops') || this.#isFinished;
  }

  get #isFinished(): boolean {
    return podTable.has(this.#state, 'finished');
  }

  /** The object as it is now. */
  see(pod: Pod): void {
    const isDeleting = pod.metadata.deletionTimestamp !== undefined;
    if (isDeleting && this.#accepts(deletionRequested)) this.send(deletionRequested);
    if (isPodTerminal(pod) && !this.#isFinished) {
      this.send({ type: pod.status.phase === 'Succeeded' ? 'pod.succeeded' : 'pod.failed' });
    }
  }

  /** What its status has come to. */
  follow({ phase, conditions = [] }: PodStatus): void {
    const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    if (!isReady && podTable.has(this.#state, 'ready')) this.send({ type: 'pod.becameUnready' });
    if (phase === 'Running') this.#offer({ type: 'pod.started' });
    if (phase === 'Pending') this.#offer({ type: 'pod.becamePending' });
    if ((phase === 'Succeeded' || phase === 'Failed') && !this.#isFinished) {
      this.send({ type: phase === 'Succeeded' ? 'pod.succeeded' : 'pod.failed' });
    }
    if (isReady) this.#offer({ type: 'pod.becameReady' });
  }

  /** What the machine refuses is remembered as a finding. */
  send(event: PodEvent): void {
    const next = podTable.next(this.#state, event);
    if (next !== refused) {
      this.#state = next;
      return;
    }
    const state = podTable.text(this.#state);
    this.#env.finding({ kind: 'Pod', key: this.#key, event: event.type, state });
  }

  #accepts(event: PodEvent): boolean {
    return podTable.next(this.#state, event) !== refused;
  }

  #offer(event: PodEvent): void {
    if (this.#accepts(event)) this.send(event);
  }
}
