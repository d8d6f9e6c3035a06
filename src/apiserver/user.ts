/** Who asks: as authentication says it on the wire, and as what the components of a simulation run. */
import type { Actor } from '../log/entry.ts';

export interface User {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What else is known of it, by names with a domain. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const administrator: User = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
};

/** The user that an account of a namespace is. */
export function accountUser(namespace: string, name: string): User {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: [...groups, 'system:authenticated'],
  };
}

/** The user as which an actor of the log asks, where the request does not say. */
export function userOf(actor: Actor): User {
  if (actor === 'user' || actor.startsWith('user/')) return administrator;
  const [, node] = /^kubelet\/(.+)$/.exec(actor) ?? [];
  if (node !== undefined) {
    return {
      username: `system:node:${node}`,
      groups: ['system:nodes', 'system:authenticated'],
    };
  }
  const [, namespace, account] = /^system:serviceaccount:([^:]+):(.+)$/.exec(actor) ?? [];
  if (namespace !== undefined) return accountUser(namespace, account!);
  if (actor === 'system:apiserver') return { ...administrator, username: actor };
  const component = /^(kube-scheduler|kube-controller-manager)$/.test(actor);
  if (actor.startsWith('system:') || component) {
    const username = component ? `system:${actor}` : actor;
    return { username, groups: ['system:authenticated'] };
  }
  return accountUser('kube-system', actor);
}
