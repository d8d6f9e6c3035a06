/** Real kubectl, from PATH or `KUBECTL`, against a cluster of ours. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubeconfigOf } from '../../src/http/auth/kubeconfig.ts';
import { type Serving, serve } from '../../src/http/server.ts';
import { createCluster } from '../../src/sim/cluster.ts';

export function kubectlPath(): string | undefined {
  if (process.env['KUBECTL'] !== undefined) return process.env['KUBECTL'];
  try {
    return execFileSync('which', ['kubectl'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables besides those that every kubectl gets. */
type Environment = Readonly<Record<string, string>>;

export interface Tour {
  /** Runs kubectl with these words, or with a text split at blanks; `stdin` is given to it. */
  (words: string | readonly string[], stdin?: string, env?: Environment): Promise<Ran>;
  /** The same, still running. */
  readonly start: (words: string | readonly string[], env?: Environment) => ChildProcess;
  readonly serving: Serving;
  readonly home: string;
  end(): Promise<void>;
}

/** A cluster of two nodes that runs twenty times as fast as the wall. */
export async function tour(kubectl: string): Promise<Tour> {
  const cluster = createCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }], heartbeats: true });
  const token = 'tour';
  const options = { metrics: true, port: 0, insecure: false, speed: 20, paused: false, token };
  const serving = await serve({ cluster, ...options });
  const home = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const config = join(home, 'config');
  writeFileSync(config, kubeconfigOf({ url: serving.url, token, authority: serving.authority! }));
  const common = { ...process.env, KUBECONFIG: config, HOME: home, EDITOR: 'true', TZ: 'UTC' };
  const start = (words: string | readonly string[], env: Environment = {}) =>
    spawn(kubectl, typeof words === 'string' ? words.split(' ') : words, {
      env: { ...common, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const run = (words: string | readonly string[], stdin = '', env?: Environment): Promise<Ran> =>
    new Promise((resolve) => {
      const child = start(words, env);
      let [stdout, stderr] = ['', ''];
      child.stdout!.on('data', (part: Buffer) => {
        stdout += part.toString();
      });
      child.stderr!.on('data', (part: Buffer) => {
        stderr += part.toString();
      });
      child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
      child.stdin!.end(stdin);
    });
  const end = async (): Promise<void> => {
    await serving.close();
    rmSync(home, { recursive: true, force: true });
  };
  return Object.assign(run, { start, serving, home, end });
}
