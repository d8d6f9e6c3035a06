/** The kubeconfig that leads clients to a cluster of ours. */
import { stringify } from 'yaml';

export interface Access {
  /** `https://127.0.0.1:6443` */
  readonly url: string;
  readonly token: string;
  /** PEM of the authority; none over plain HTTP. */
  readonly authority?: string;
}

const name = 'kubestep';

export function kubeconfigOf({ url, token, authority }: Access): string {
  const trusted =
    authority === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(authority).toString('base64') };
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: url, ...trusted } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    },
    { lineWidth: 0 },
  );
}
