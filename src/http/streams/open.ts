/** Opens a stream in the protocol that the client speaks: WebSocket, SPDY, or SPDY in a WebSocket. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context } from '../context.ts';
import { SpdyConnection, type SpdyStream, type Transport } from '../spdy/connection.ts';
import type { Place } from './place.ts';
import { forwardPorts, portChannelProtocol } from './portchannels.ts';
import { PortForward } from './portforward.ts';
import { SpdyChannels } from './spdychannels.ts';
import { stream } from './stream.ts';
import { channelProtocols, WebSocketChannels } from './websocket.ts';
import type { Wishes } from './wishes.ts';

const portForwardProtocol = 'portforward.k8s.io';
const tunnelProtocol = `SPDY/3.1+${portForwardProtocol}`;
const spdyChannelProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** What a client asks for. */
export interface Wanted {
  /** `exec`, `attach` or `portforward` */
  readonly verb: string;
  readonly place: Place;
  readonly wishes: Wishes;
  /** Of a port-forward whose protocol does not name them later. */
  readonly ports: readonly number[];
  readonly context: Context;
  readonly began: () => void;
  readonly closed: () => void;
}

export interface Protocol {
  readonly carrier: 'websocket' | 'spdy';
  /** As both sides call it. */
  readonly name: string;
}

/** The first that the client names and we speak. */
export function protocolOf({ headers, method }: IncomingMessage, verb: string) {
  const upgrade = headers.upgrade?.toLowerCase();
  const isForward = verb === 'portforward';
  const choose = (header: string | string[] | undefined, spoken: readonly string[]) =>
    [header ?? '']
      .flat()
      .flatMap((text) => text.split(/\s*,\s*/))
      .find((name) => spoken.includes(name));
  if (upgrade === 'websocket' && method === 'GET') {
    const spoken = isForward ? [tunnelProtocol, portChannelProtocol] : channelProtocols;
    const name = choose(headers['sec-websocket-protocol'], spoken);
    return name === undefined ? undefined : ({ carrier: 'websocket', name } as const);
  }
  if (upgrade !== 'spdy/3.1') return undefined;
  const spoken = isForward ? [portForwardProtocol] : spdyChannelProtocols;
  const name = choose(headers['x-stream-protocol-version'], spoken);
  return name === undefined ? undefined : ({ carrier: 'spdy', name } as const);
}

const messageBytesMax = 32 * 1024 * 1024;

const servers = new Map<string, WebSocketServer>();

/** Speaks this protocol, whatever else a client names. */
function serverOf(protocol: string): WebSocketServer {
  const known = servers.get(protocol);
  if (known !== undefined) return known;
  const made = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: messageBytesMax,
    handleProtocols: () => protocol,
  });
  servers.set(protocol, made);
  return made;
}

/** A WebSocket for a watch: of the protocols that are offered, one that carries no token is taken. */
export function accepted(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  closed: () => void,
): WebSocket {
  let made: WebSocket | undefined;
  watchServer.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on('close', closed);
    made = webSocket;
  });
  return made!;
}

const watchServer = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: 1024,
  handleProtocols: (names) =>
    [...names].find((name) => !name.startsWith('base64url.bearer.')) ?? false,
});

export function open(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { carrier, name }: Protocol,
  wanted: Wanted,
): void {
  if (carrier === 'websocket') {
    serverOf(name).handleUpgrade(request, socket, head, (webSocket) => {
      wanted.began();
      webSocket.on('close', wanted.closed);
      if (name === tunnelProtocol) tunnelled(webSocket, wanted);
      else if (wanted.verb === 'portforward') {
        forwardPorts(webSocket, wanted.ports, wanted.place.pod, wanted.context);
      } else channelled(webSocket, wanted);
    });
    return;
  }
  wanted.began();
  socket.on('close', wanted.closed);
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    `X-Stream-Protocol-Version: ${name}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const transport = { send: (bytes: Buffer) => socket.write(bytes), close: () => socket.end() };
  const connection = spdy(transport, wanted);
  if (head.length > 0) connection.feed(head);
  socket.on('data', (bytes: Buffer) => connection.feed(bytes));
  socket.on('close', () => connection.close());
}

function channelled(socket: WebSocket, { verb, place, wishes, context }: Wanted): void {
  const first = wishes.stdout ? 'stdout' : wishes.stderr ? 'stderr' : 'error';
  stream(verb, place, wishes, new WebSocketChannels(socket, first), context);
}

function tunnelled(socket: WebSocket, wanted: Wanted): void {
  const transport: Transport = {
    send(bytes) {
      if (socket.readyState === socket.OPEN) socket.send(bytes);
    },
    close: () => socket.close(),
  };
  const connection = spdy(transport, wanted);
  socket.on('message', (data: Buffer) => connection.feed(data));
  socket.on('close', () => connection.close());
  socket.on('error', () => socket.terminate());
}

function spdy(transport: Transport, { verb, place, wishes, context }: Wanted): SpdyConnection {
  if (verb === 'portforward') {
    const forward = new PortForward(place.pod, context);
    return new SpdyConnection(transport, (one) => forward.take(one));
  }
  const channels = new SpdyChannels(wishes, (ready) => {
    stream(verb, place, wishes, ready, context);
  });
  const whole: Transport = {
    ...transport,
    close() {
      channels.closed();
      transport.close();
    },
  };
  const connection = new SpdyConnection(whole, (one: SpdyStream) => channels.take(one));
  channels.connection = connection;
  return connection;
}
