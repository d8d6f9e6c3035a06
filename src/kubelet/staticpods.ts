/**
 * Static Pods (kubelet-04): what a kubelet runs because of files on its machine, and the mirrors by
 * which the API shows it. A mirror is made again whenever it is gone, and tells what the Pod does.
 */

import { canonicalJson } from '../api/canonicaljson.ts';
import type { Draft, Key } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import { type Pod, podKind } from '../api/pod/pod.ts';
import { microTimestamp } from '../api/time.ts';
import { fnv1a32 } from '../controllers/hash.ts';
import type { Requests } from '../sim/component.ts';
import { call } from '../sim/controller.ts';
import { configHash, configMirror, configSource } from './node/critical.ts';
import { readPod, removeFromApi } from './sync/podrequests.ts';

/** The manifests of a machine: they outlive its kubelet, which hears of changes at once. */
export class StaticManifests {
  #drafts: readonly Draft[];
  #listener: (() => void) | undefined;

  constructor(drafts: readonly Draft[]) {
    this.#drafts = drafts;
  }

  get drafts(): readonly Draft[] {
    return this.#drafts;
  }

  write(drafts: readonly Draft[]): void {
    this.#drafts = drafts;
    this.#listener?.();
  }

  connect(listener: (() => void) | undefined): void {
    this.#listener = listener;
  }
}

const seen = 'kubernetes.io/config.seen';

/** 128 bits in hexadecimal digits, as upstream's are. */
function hashOf(draft: Draft, node: string): string {
  const bytes = new TextEncoder().encode(`${node} ${canonicalJson(draft)}`);
  return [1, 2, 3, 4].map((seed) => fnv1a32(bytes, seed).toString(16).padStart(8, '0')).join('');
}

/** As the kubelet runs it: its name ends with the node's, its uid is the hash of its manifest. */
function podOf(draft: Draft, node: string, now: number): Pod {
  const { metadata } = draft;
  const uid = hashOf(draft, node);
  const { spec = {} } = draft as { spec?: Partial<Pod['spec']> };
  const tolerations = [
    ...((spec.tolerations as readonly object[] | undefined) ?? []),
    { effect: 'NoExecute', operator: 'Exists' },
  ];
  return podKind.defaults({
    ...draft,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name: `${metadata.name}-${node}`,
      namespace: metadata.namespace ?? 'default',
      uid,
      annotations: {
        ...metadata.annotations,
        [configHash]: uid,
        [seen]: microTimestamp(now),
        [configSource]: 'file',
      },
    },
    spec: { ...spec, nodeName: node, tolerations },
    status: { phase: 'Pending' },
  } as unknown as Pod);
}

/** What the API is shown of it: nothing that a token or a quota would be needed for. */
function mirrorOf({ metadata, spec }: Pod, node: Node): Draft {
  const { name, namespace, labels, annotations, uid } = metadata;
  const owner = {
    apiVersion: 'v1',
    kind: 'Node',
    name: node.metadata.name,
    uid: node.metadata.uid,
    controller: true,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...annotations, [configMirror]: uid },
      ownerReferences: [owner],
    },
    spec,
  };
}

const hashIn = ({ metadata }: Pod): string | undefined => metadata.annotations?.[configMirror];

export const keyOf = ({ metadata: { namespace, name } }: Pod): Key => makeKey(namespace, name);

export class StaticPods {
  readonly #node: string;
  /** What the files ask for. */
  #wanted: ReadonlyMap<Key, Pod> = new Map();
  /** As the API shows them. */
  readonly #mirrors = new Map<Key, Pod>();

  constructor(node: string) {
    this.#node = node;
  }

  /** The files are others now. */
  read(drafts: readonly Draft[], now: number): void {
    const before = this.#wanted;
    const pods = drafts.map((draft) => podOf(draft, this.#node, now));
    this.#wanted = new Map(
      pods.map((pod) => {
        const known = before.get(keyOf(pod));
        return [keyOf(pod), known?.metadata.uid === pod.metadata.uid ? known : pod];
      }),
    );
  }

  get wanted(): readonly Pod[] {
    return [...this.#wanted.values()];
  }

  wantedAt(key: Key): Pod | undefined {
    return this.#wanted.get(key);
  }

  mirrorAt(key: Key): Pod | undefined {
    return this.#mirrors.get(key);
  }

  /** Returns whether something has to be done about it. */
  seeMirror(pod: Pod): boolean {
    const key = keyOf(pod);
    this.#mirrors.set(key, pod);
    return !this.#shows(pod, this.#wanted.get(key));
  }

  loseMirror(pod: Pod): void {
    const key = keyOf(pod);
    if (this.#mirrors.get(key)?.metadata.uid === pod.metadata.uid) this.#mirrors.delete(key);
  }

  memory(): unknown {
    return [...this.#mirrors.values()].map(({ metadata }) => [metadata.uid, metadata.name]);
  }

  /** Sees to the mirror of a name: makes it, or takes an old one away. Says whether all is well. */
  *sync(key: Key, node: Node | undefined): Requests<boolean> {
    const pod = this.#wanted.get(key);
    const old = this.#mirrors.get(key);
    if (old !== undefined && !this.#shows(old, pod)) {
      if (!(yield* this.#remove(old))) return false;
    }
    if (pod === undefined || this.#mirrors.has(key)) return true;
    if (node === undefined) return false;
    const { namespace = 'default' } = pod.metadata;
    const object = mirrorOf(pod, node);
    const made = yield* call<Pod>({ verb: 'create', kind: 'Pod', namespace, object });
    if (made.ok) this.seeMirror(made.object);
    else if (made.status.reason === 'AlreadyExists') {
      const found = yield* readPod(pod);
      if (found.ok && hashIn(found.object) !== undefined) this.seeMirror(found.object);
    }
    const mirror = this.#mirrors.get(key);
    return mirror !== undefined && this.#shows(mirror, pod);
  }

  #shows(mirror: Pod, pod: Pod | undefined): boolean {
    return (
      pod !== undefined &&
      mirror.metadata.deletionTimestamp === undefined &&
      hashIn(mirror) === pod.metadata.uid
    );
  }

  *#remove(mirror: Pod): Requests<boolean> {
    if ((yield* removeFromApi(mirror)) !== undefined) return false;
    this.loseMirror(mirror);
    return true;
  }
}
