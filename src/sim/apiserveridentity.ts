/** The Lease by which an API server says that it is there (upstream's lease controller of KEP-1965). */
import { type Lease, leaseKind } from '../api/lease.ts';
import { microTimestamp } from '../api/time.ts';
import type { PassResult } from '../log/entry.ts';
import type { Component, Environment, Pass, Requests } from './component.ts';
import { call } from './controller.ts';
import type { ProcessSpec } from './process.ts';

/** `apiserver-`, and the hash of its host's name, `kubestep`. */
const name = 'apiserver-qxwpcl7pjyzu6mspf6rsejiphi';
const namespace = 'kube-system';
const kind = leaseKind.kind;
const renewMs = 10_000;

class IdentityLease implements Component {
  readonly actor = 'kube-apiserver';
  readonly watches = [];
  readonly #env: Environment;
  #isDue = true;

  constructor(env: Environment) {
    this.#env = env;
    env.wake();
  }

  get ready(): boolean {
    return this.#isDue;
  }

  observe(): void {}

  begin(): Pass {
    this.#isDue = false;
    const { now, view } = this.#env;
    this.#env.timer('lease', now + renewMs, true);
    return { key: name, triggers: [], revision: view.revision, requests: renewed(now) };
  }

  onTimer(): void {
    this.#isDue = true;
  }

  memory(): unknown {
    return this.#isDue;
  }
}

function* renewed(now: number): Requests<PassResult> {
  const renewTime = microTimestamp(now);
  const found = yield* call<Lease>({ verb: 'get', kind, namespace, name });
  if (found.ok) {
    const object: Lease = { ...found.object, spec: { ...found.object.spec, renewTime } };
    yield* call({ verb: 'update', kind, object });
    return { type: 'done' };
  }
  const labels = {
    'apiserver.kubernetes.io/identity': 'kube-apiserver',
    'kubernetes.io/hostname': 'kubestep',
  };
  const object = {
    apiVersion: 'coordination.k8s.io/v1',
    kind,
    metadata: { name, namespace, labels },
    spec: { holderIdentity: `${name}_1`, leaseDurationSeconds: 3600, renewTime },
  };
  yield* call({ verb: 'create', kind, namespace, object });
  return { type: 'done' };
}

/** Apart from what the API server does about definitions, which begins with the first of them. */
export const apiServerIdentity: ProcessSpec = {
  name: 'kube-apiserver-identity',
  components: [(env) => new IdentityLease(env)],
};
