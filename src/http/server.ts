/** The API server on the wire: sockets on loopback, and what comes through them. */
import {
  createServer as createPlain,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { rejection } from '../api/status.ts';
import { administrator } from '../apiserver/user.ts';
import { UsageError } from '../errors.ts';
import type { Cluster } from '../sim/cluster.ts';
import { type Credentials, makeCredentials } from './auth/certificates.ts';
import { CertificateSigner } from './auth/certificatesigner.ts';
import { isInForce } from './auth/tokenrequest.ts';
import { TokenSigner } from './auth/tokens.ts';
import { RealTime, type Speed } from './clock.ts';
import type { Context, User } from './context.ts';
import { customGroups, customTypes } from './customgroups.ts';
import { handle } from './handler.ts';
import { EtcdTimes } from './metrics/etcd.ts';
import { RequestCounts } from './metrics/requests.ts';
import { metricsGroup, registerMetrics } from './metricsapi.ts';
import { OpenApi } from './openapi/documents.ts';
import { plain, send, statusAnswer, textAnswer } from './reply.ts';
import { Catalog } from './resources.ts';
import { upgrade } from './upgrade.ts';

export interface ServeOptions {
  readonly cluster: Cluster;
  readonly port: number;
  /** Plain HTTP: no certificate, and whoever reaches the port is the administrator. */
  readonly insecure: boolean;
  /** Whom clients trust; made anew unless given. */
  readonly credentials?: Credentials;
  readonly speed: Speed;
  readonly paused: boolean;
  readonly token: string;
  /** Signs the tokens of accounts; made anew unless given. */
  readonly signer?: TokenSigner;
  /** Of other users. */
  readonly tokens?: ReadonlyMap<string, User>;
  readonly rbac?: boolean;
  /** Serves metrics.k8s.io too. */
  readonly metrics?: boolean;
  /** Events that a watcher may be behind (100 000). */
  readonly lagMax?: number;
  /** Gets an audit.k8s.io/v1 Event for each request. */
  readonly audit?: (event: unknown) => void;
}

export interface Serving {
  /** `https://127.0.0.1:6443` */
  readonly url: string;
  /** PEM; none over plain HTTP. */
  readonly authority: string | undefined;
  readonly clock: RealTime;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Names under which loopback may be asked for: a web page elsewhere must not reach us. */
const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/;

/** Asked for by a loopback name, and not by a page from elsewhere. */
function isLocal({ headers: { host = '', origin } }: IncomingMessage): boolean {
  if (!loopback.test(host)) return false;
  return origin === undefined || loopback.test(origin.replace(/^https?:\/\//, ''));
}

/** A client that takes longer than this to say what it wants is let go. */
const patienceMs = 30_000;

export async function serve(options: ServeOptions): Promise<Serving> {
  const { cluster, insecure, speed, token } = options;
  const clock = new RealTime(cluster.simulation, speed);
  let context: Context | undefined;
  const { signer = new TokenSigner() } = options;
  const tokens = new Map([[token, administrator], ...(options.tokens ?? [])]);
  const identify = (given: string) => {
    const user = tokens.get(given);
    if (user !== undefined) return { user, audiences: [] };
    const read = signer.read(given, Date.now() / 1000);
    return read !== undefined && isInForce(read, cluster) ? read : undefined;
  };
  const authentication = { identify, anonymousIsAdministrator: insecure };
  const { audit } = options;
  const handlingNow = () => ({
    context: context!,
    authentication,
    ...(audit === undefined ? {} : { audit }),
  });
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    if (insecure && !isLocal(request)) {
      return send(response, textAnswer(403, 'Forbidden: not a loopback name\n'), plain);
    }
    handle(request, response, handlingNow()).catch((error: unknown) => failed(response, error));
  };
  const credentials = insecure
    ? undefined
    : (options.credentials ?? (await makeCredentials(new Date())));
  const server: Server =
    credentials === undefined
      ? createPlain(listener)
      : (createSecure(
          {
            key: credentials.server.key,
            cert: credentials.server.certificate,
            ca: credentials.authority,
            requestCert: true,
            rejectUnauthorized: false,
          },
          listener,
        ) as unknown as Server);
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (insecure && !isLocal(request)) return void socket.destroy();
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    upgrade(request, socket, head, handlingNow()).catch((error: unknown) => {
      report(error);
      socket.destroy();
    });
  });
  server.headersTimeout = patienceMs;
  server.requestTimeout = patienceMs * 2;
  server.keepAliveTimeout = 120_000;
  const address = await listen(server, options.port);
  cluster.simulation.api.tracksFields = true;
  cluster.simulation.api.rbac = options.rbac ?? false;
  const { store } = cluster.simulation;
  const { rbac = false, metrics = false, lagMax = 100_000 } = options;
  const custom = customGroups(store);
  const catalog = new Catalog(metrics ? () => [...custom(), metricsGroup] : custom);
  if (metrics) registerMetrics(cluster);
  const openApi = new OpenApi(catalog, customTypes(store));
  const requests = new RequestCounts(cluster.simulation);
  const etcd = new EtcdTimes(cluster);
  const serving = {
    cluster,
    clock,
    catalog,
    openApi,
    requests,
    etcd,
    signer,
    identify,
    rbac,
    metrics,
  };
  context = { ...serving, lagMax, address };
  const certificates = credentials && new CertificateSigner(cluster, clock, credentials.issue);
  if (options.paused) clock.pause();
  else clock.wake();
  return {
    url: `${insecure ? 'http' : 'https'}://${address}`,
    authority: credentials?.authority,
    clock,
    close: () =>
      new Promise((resolve) => {
        clock.stop();
        certificates?.stop();
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `port ${port} is in use; choose another with --port, or 0 for any`
          : `cannot listen on port ${port} (${error.code ?? error.message})`;
      reject(new UsageError(`up: ${why}`));
    });
    server.listen(port, host, () => {
      resolve(`${host}:${(server.address() as AddressInfo).port}`);
    });
  });
}

/** A bug of ours must not take the cluster down: the client is told, and so is whoever looks. */
function failed(response: ServerResponse, error: unknown): void {
  const message = report(error);
  if (response.headersSent) response.destroy();
  else
    send(
      response,
      statusAnswer(rejection('InternalError', `Internal error occurred: ${message}`)),
      plain,
    );
}

function report(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`kubestep: bug: ${error instanceof Error ? error.stack : message}\n`);
  return message;
}
