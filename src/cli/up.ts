/** `kubestep up`: a cluster that kubectl and other clients can talk to, until it is interrupted. */
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Speed } from '../http/clock.ts';
import type { User } from '../http/context.ts';
import { kubeconfigOf } from '../http/kubeconfig.ts';
import { serve } from '../http/server.ts';
import { createCluster } from '../sim/cluster.ts';
import { writeAtomically } from '../storage/file.ts';
import type { Arguments, Command } from './command.ts';
import { print } from './output.ts';

export const up: Command = {
  name: 'up',
  usage: '[FLAGS]',
  about: 'Starts a cluster that real clients can talk to: kubectl, helm, informers.',
  example: 'kubestep up --nodes 3 --speed 10x',
  flags: {
    port: { type: 'string', value: 'PORT', about: 'port on loopback (6443; 0: any)' },
    http: { type: 'boolean', about: 'plain HTTP, without certificate and token' },
    nodes: { type: 'string', value: 'N', about: 'number of machines (3)' },
    seed: { type: 'string', value: 'N', about: 'seed of names, ties and jitter (1)' },
    speed: { type: 'string', value: 'SPEED', about: '1x, 10x or max (1x)' },
    paused: { type: 'boolean', about: 'nothing moves until it is told to' },
    rbac: { type: 'boolean', about: 'roles and bindings decide what users may do' },
    user: { type: 'string', value: 'NAME=TOKEN', about: 'another user, without any rights' },
    kubeconfig: {
      type: 'string',
      value: 'FILE',
      about: 'where to write the kubeconfig (.kubestep/kubeconfig)',
    },
  },
  run: upCommand,
};

async function upCommand(args: Arguments): Promise<number> {
  const nodes = args.integer('nodes') ?? 3;
  const cluster = createCluster({
    seed: args.integer('seed') ?? 1,
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `n${i + 1}` })),
    heartbeats: true,
  });
  const token = randomBytes(24).toString('base64url');
  const serving = await serve({
    cluster,
    port: args.integer('port') ?? 6443,
    insecure: args.has('http'),
    speed: speedOf(args.text('speed') ?? '1x'),
    paused: args.has('paused'),
    token,
    rbac: args.has('rbac'),
    tokens: usersOf(args.text('user')),
  });
  const file = resolve(args.text('kubeconfig') ?? '.kubestep/kubeconfig');
  const { url, authority } = serving;
  writeAtomically(
    file,
    kubeconfigOf({ url, token, ...(authority === undefined ? {} : { authority }) }),
  );
  chmodSync(file, 0o600);
  print(`${url} serves ${nodes} nodes; interrupt to end`);
  print(`export KUBECONFIG=${file}`);
  await interrupted();
  await serving.close();
  return 0;
}

function usersOf(text: string | undefined): ReadonlyMap<string, User> {
  if (text === undefined) return new Map();
  const [, username, token] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (username === undefined || token === undefined) {
    throw new UsageError(`--user ${text}: expected NAME=TOKEN`);
  }
  return new Map([[token, { username, groups: ['system:authenticated'] }]]);
}

function speedOf(text: string): Speed {
  if (text === 'max') return 'max';
  const times = /^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1];
  const speed = Number(times);
  if (times === undefined || speed <= 0) {
    throw new UsageError(`--speed ${text}: expected 1x, 10x or max`);
  }
  return speed;
}

const interrupted = (): Promise<void> =>
  new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
