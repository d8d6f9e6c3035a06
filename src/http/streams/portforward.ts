/** Port-forward: pairs of streams to a port of a Pod, behind which a small web server stands. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import type { Pod } from '../../api/pod/pod.ts';
import type { Container } from '../../api/pod/podspec.ts';
import type { Context } from '../context.ts';
import type { SpdyStream } from '../spdy/connection.ts';
import { reachable, unreachable } from './place.ts';
import { listenerOn, siteText, siteType } from './site.ts';

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
}

/** Takes streams as they are opened, and connects each pair. */
export class PortForward {
  readonly #pod: Pod;
  readonly #context: Context;
  readonly #pairs = new Map<string, Pair>();

  constructor(pod: Pod, context: Context) {
    this.#pod = pod;
    this.#context = context;
  }

  take(stream: SpdyStream): void {
    const type = stream.headers.get('streamtype');
    const port = Number(stream.headers.get('port'));
    if ((type !== 'data' && type !== 'error') || !(port > 0 && port < 65_536))
      return stream.reset();
    const id = stream.headers.get('requestid') ?? String(stream.id - (type === 'data' ? 2 : 0));
    const pair = this.#pairs.get(id) ?? {};
    this.#pairs.set(id, pair);
    pair[type] = stream;
    if (pair.data === undefined || pair.error === undefined) return;
    this.#pairs.delete(id);
    pair.error.resume();
    forward(this.#pod, port, pair.data, pair.error, this.#context);
  }
}

/** Connects a stream to a port of a Pod; `error` is told why it cannot be, and ends with it. */
export function forward(
  pod: Pod,
  port: number,
  data: Duplex,
  error: Writable,
  context: Context,
): void {
  const listener = listenerOf(pod, port, context);
  if (typeof listener === 'string') {
    error.end(listener);
    data.resume();
    data.end();
    return;
  }
  data.on('close', () => error.end());
  data.on('finish', () => error.end());
  siteOf(pod, listener).emit('connection', data);
}

/** Which container listens on a port; or why the runtime cannot connect to it, in its words. */
function listenerOf(pod: Pod, port: number, context: Context): Container | string {
  const runtime = reachable(pod, context);
  const { namespace, name, uid } = pod.metadata;
  if (runtime === undefined) return unreachable(pod, `/portForward/${namespace}/${name}`, context);
  const found = listenerOn(pod, port, runtime);
  if (found !== undefined) return found;
  const sandbox = runtime.pod(uid)?.sandboxes[0]?.id ?? uid;
  const refused = (network: string, host: string) =>
    `dial ${network} ${host}:${port}: connect: connection refused`;
  const why = `IPv4: ${refused('tcp4', '127.0.0.1')} IPv6 ${refused('tcp6', '[::1]')} `;
  return [
    `error forwarding port ${port} to pod ${sandbox}, uid : `,
    `failed to execute portforward in network namespace "/var/run/netns/cni-${uid}": `,
    `failed to connect to localhost:${port} inside namespace "${sandbox}", ${why}`,
  ].join('');
}

/** A web server that says what it stands for. It never listens: connections are handed to it. */
const siteOf = (pod: Pod, container: Container): Server =>
  createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const text = siteText(pod, container, request.method ?? '', request.url ?? '');
    // With its length it is one write, and so one message of a stream: Python's client looks for no second one.
    const length = Buffer.byteLength(text);
    response.writeHead(200, { 'Content-Type': siteType, 'Content-Length': length });
    response.end(text);
  });
