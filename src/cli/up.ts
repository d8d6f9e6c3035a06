/** `kubestep up`: a cluster that kubectl and other clients can talk to, until it is interrupted. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { kindNameOf } from '../api/index.ts';
import { epochMs, timestamp } from '../api/time.ts';
import { bootstrapObjects } from '../apiserver/bootstrap/objects.ts';
import { UsageError } from '../errors.ts';
import { makeCredentials } from '../http/auth/certificates.ts';
import { kubeconfigOf } from '../http/auth/kubeconfig.ts';
import { TokenSigner } from '../http/auth/tokens.ts';
import type { Speed } from '../http/clock.ts';
import type { User } from '../http/context.ts';
import { type Serving, serve } from '../http/server.ts';
import type { Entry } from '../log/entry.ts';
import { apiServerIdentity } from '../sim/apiserveridentity.ts';
import { createCluster } from '../sim/cluster.ts';
import { ScenarioScript } from '../sim/scenario/script.ts';
import { defaultNodes, type Scenario } from '../sim/scenario/types.ts';
import type { Simulation } from '../sim/simulation.ts';
import { readLog, writeAtomically } from '../storage/file.ts';
import { LogStream } from '../storage/logstream.ts';
import { version } from '../version.ts';
import type { Arguments, Command } from './command.ts';
import { keepWithin, parseBudget } from './historybudget.ts';
import { readScenario } from './input.ts';
import { print, tell } from './output.ts';
import { schedulerConfig, schedulerConfigFlag } from './schedulerconfig.ts';

export const up: Command = {
  name: 'up',
  usage: '[FLAGS]',
  about: 'Starts a cluster that real clients can talk to: kubectl, helm, informers.',
  example: 'kubestep up --nodes 3 --speed 10x',
  flags: {
    port: { type: 'string', value: 'PORT', about: 'port on loopback (6443; 0: any)' },
    http: { type: 'boolean', about: 'plain HTTP, without certificate and token' },
    nodes: { type: 'string', value: 'N', about: 'number of machines (3)' },
    scenario: { type: 'string', value: 'FILE', about: 'machines, behaviour and steps to play' },
    seed: { type: 'string', value: 'N', about: 'seed of names, ties and jitter (1)' },
    speed: { type: 'string', value: 'SPEED', about: '1x, 10x or max (1x)' },
    paused: { type: 'boolean', about: 'nothing moves until it is told to' },
    disable: {
      type: 'string',
      value: 'LIST',
      about: 'what others do: controller-manager, scheduler, kubelet, or controllers by name',
    },
    ...schedulerConfigFlag,
    log: { type: 'string', value: 'FILE', about: 'write the event log; one that is there goes on' },
    history: {
      type: 'string',
      value: 'BUDGET',
      about: 'how much of the past to keep in memory: 512MB, all, or entries (1000000)',
    },
    'audit-log': { type: 'string', value: 'FILE', about: 'write audit.k8s.io/v1 events' },
    rbac: { type: 'boolean', about: 'roles and bindings decide what users may do' },
    metrics: { type: 'boolean', about: 'serve metrics.k8s.io, as for kubectl top' },
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
  const scenario = scenarioOf(args);
  const config = schedulerConfig(args);
  const logFile = args.text('log');
  const budget = parseBudget(args.text('history'));
  const past = pastOf(logFile);
  const credentials = args.has('http') ? undefined : await makeCredentials(new Date());
  const signer = new TokenSigner();
  const speed = speedOf(args.text('speed') ?? '1x');
  const cluster = createCluster({
    // At the pace of real time, ages and times are those that clients count for themselves.
    startMs: speed === 1 ? Math.max(0, Date.now() - epochMs) : 0,
    seed: args.integer('seed') ?? 1,
    nodes: scenario.nodes,
    behaviour: scenario.behaviour,
    heartbeats: true,
    ...(scenario.staleness === undefined ? {} : { staleness: scenario.staleness }),
    ...(scenario.firstList === undefined ? {} : { firstList: scenario.firstList }),
    ...(scenario.stages === undefined ? {} : { stages: scenario.stages }),
    serviceAccounts: {
      rootCertificate: credentials?.authority ?? '',
      tokenOf: ({ metadata: account }, { namespace = '', name }) =>
        signer.signForSecret({ namespace, secret: name, account }),
    },
    disabled: (args.text('disable') ?? '').split(',').filter((name) => name !== ''),
    ...(past === undefined ? {} : { past }),
    ...(config === undefined ? {} : { scheduler: config.options }),
  });
  cluster.simulation.api.ipAddresses = true;
  cluster.simulation.start(apiServerIdentity);
  if (past === undefined) {
    bootstrap(cluster.simulation, credentials?.authority ?? '');
    cluster.simulation.script = new ScenarioScript(scenario, cluster);
  }
  const stream = logFile === undefined ? undefined : new LogStream(logFile, version);
  stream?.follow(cluster.simulation.log, past?.length ?? 0);
  const keeping = budget === undefined ? undefined : keepWithin(budget, cluster.simulation);
  const token = randomBytes(24).toString('hex');
  const auditFile = args.text('audit-log');
  const serving = await serve({
    cluster,
    port: args.integer('port') ?? 6443,
    insecure: args.has('http'),
    ...(credentials === undefined ? {} : { credentials }),
    speed,
    paused: args.has('paused'),
    token,
    signer,
    rbac: args.has('rbac'),
    metrics: args.has('metrics'),
    tokens: usersOf(args.text('user')),
    ...(auditFile === undefined ? {} : { audit: auditTo(auditFile) }),
  });
  announce(serving, token, args, scenario.nodes.length);
  await interrupted();
  await serving.close();
  keeping?.end();
  stream?.close();
  if (logFile !== undefined) tell(`log: ${logFile} (kubestep get pods -f ${logFile})`);
  return 0;
}

function scenarioOf(args: Arguments): Scenario {
  const file = args.text('scenario');
  const nodes = args.integer('nodes');
  if (file !== undefined) return readScenario([file], nodes);
  const names = Array.from({ length: nodes ?? defaultNodes.length }, (_, i) => `n${i + 1}`);
  return { nodes: names.map((name) => ({ name })), behaviour: [], steps: [] };
}

/** The address is one that Pods could reach; on the machine itself it is the one that is printed. */
const advertised = { address: '192.0.2.1', port: 6443 };

/** What every API server makes when it begins. */
function bootstrap(simulation: Simulation, authority: string): void {
  const lastTransitionTime = timestamp(simulation.now);
  const since = lastTransitionTime.slice(0, 10);
  const by = 'kube-apiserver';
  for (const object of bootstrapObjects({ ...advertised, authority, since })) {
    const { namespace, name = '' } = object.metadata;
    const kind = kindNameOf(object);
    const where = namespace === undefined ? {} : { namespace };
    simulation.submit({ verb: 'create', kind, object, ...where }, by);
    const { conditions } = (object.status ?? {}) as { conditions?: readonly object[] };
    if (conditions === undefined) continue;
    const told = conditions.map((one) => ({ ...one, lastTransitionTime }));
    const patch = { status: { conditions: told } };
    const about = { kind, name, subresource: 'status' };
    simulation.submit({ verb: 'patch', ...about, patchType: 'merge', patch }, by);
  }
}

/** A log that is there already is gone on with. */
function pastOf(file: string | undefined): readonly Entry[] | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  const { entries, torn } = readLog(file);
  if (torn) {
    throw new UsageError(
      `${file}: its last line is cut off; remove that line to go on with the log`,
    );
  }
  return entries;
}

function auditTo(file: string): (event: unknown) => void {
  try {
    appendFileSync(file, '');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new UsageError(`${file}: cannot be written (${why}); choose another place`);
  }
  return (event) => appendFileSync(file, `${JSON.stringify(event)}\n`);
}

function announce({ url, authority }: Serving, token: string, args: Arguments, nodes: number) {
  const file = resolve(args.text('kubeconfig') ?? '.kubestep/kubeconfig');
  const access = { url, token, ...(authority === undefined ? {} : { authority }) };
  writeAtomically(file, kubeconfigOf(access));
  chmodSync(file, 0o600);
  print(`${url} serves ${nodes} node${nodes === 1 ? '' : 's'}; interrupt to end`);
  print(`export KUBECONFIG=${file}`);
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
