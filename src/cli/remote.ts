/** Talks to a cluster that `kubestep up` started here. */
import { existsSync, readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { parse } from 'yaml';
import { UsageError } from '../errors.ts';

/** Where `up` writes its kubeconfig if nothing else is said. */
export const defaultKubeconfig = '.kubestep/kubeconfig';

export const isUp = (): boolean => existsSync(defaultKubeconfig);

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data'?: string };
  }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** POSTs a command; returns what the cluster answered. */
export function control(
  command: string,
  query: Readonly<Record<string, string | undefined>> = {},
  body = '',
): Promise<string> {
  if (!isUp()) {
    throw new UsageError(`${command}: no cluster is up here; start one with kubestep up`);
  }
  const { clusters, users } = parse(readFileSync(defaultKubeconfig, 'utf8')) as Kubeconfig;
  const { server, 'certificate-authority-data': authority } = clusters[0]!.cluster;
  const url = new URL(`/kubestep/${command}`, server);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const headers = { Authorization: `Bearer ${users[0]!.user.token}` };
  const ca = authority === undefined ? {} : { ca: Buffer.from(authority, 'base64') };
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { method: 'POST', headers, ...ca }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        if (response.statusCode === 200) return resolve(text);
        reject(new UsageError(`${command}: ${mistakeIn(text)}`));
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ECONNREFUSED' ? 'it does not run any more' : error.message;
      reject(
        new UsageError(`${command}: ${server} does not answer (${why}); start it with kubestep up`),
      );
    });
    request.end(body);
  });
}

function mistakeIn(text: string): string {
  try {
    const { error, message } = JSON.parse(text) as { error?: string; message?: string };
    return error ?? message ?? text;
  } catch {
    return text.trim();
  }
}
