/** Requests that ask for another protocol: the streams of `exec` and `attach`. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { forbidden } from './access.ts';
import { admit, type Handling, incomingOf, type Note, noteOf } from './admit.ts';
import type { Context, Incoming } from './context.ts';
import { handle, outcomeOf } from './handler.ts';
import { send, statusAnswer, textAnswer } from './reply.ts';
import type { ResourceRequest } from './requestinfo.ts';
import { stream, wishesOf } from './streams/exec.ts';
import { isConnection, type Place, placeOf } from './streams/place.ts';
import { channelProtocols, WebSocketChannels } from './streams/websocket.ts';

const messageBytesMax = 32 * 1024 * 1024;

const chooseProtocol = (protocols: Iterable<string>): string | false =>
  [...protocols].find((one) => channelProtocols.includes(one)) ?? false;

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: messageBytesMax,
  handleProtocols: chooseProtocol,
});

/** What is no stream is answered as if no other protocol had been asked for. */
export async function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  handling: Handling,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as never);
  response.on('finish', () => socket.end());
  if (!/^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/\w+/.test(request.url ?? '')) {
    return handle(request, response, handling);
  }
  const admitted = admit(request, response, handling);
  if (admitted === undefined) return;
  const { info, manner } = admitted;
  const { context } = handling;
  const incoming = incomingOf(request, admitted, Buffer.alloc(0));
  const note = noteOf(admitted, incoming, handling);
  const outcome = outcomeOf(incoming, info, context);
  const isStream = 'target' in outcome && isConnection(outcome.target);
  if ('target' in outcome && !isStream) return handle(request, response, handling);
  const place = 'target' in outcome ? placeOf(incoming, outcome.target, context) : undefined;
  const isPlace = place !== undefined && 'pod' in place;
  const refused = 'answer' in outcome ? outcome.answer : isPlace ? undefined : statusAnswer(place!);
  const answer =
    refused ??
    forbidden(incoming, info, context, 'create') ??
    (isSpoken(request) ? undefined : textAnswer(400, 'unable to upgrade: unknown protocol\n'));
  if (answer !== undefined) {
    send(response, answer, manner);
    return note('ResponseComplete', answer.code, answer.body);
  }
  response.detachSocket(socket as never);
  open(request, socket, head, { place: place as Place, incoming, note, context, info });
}

const isSpoken = ({ headers, method }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers.upgrade?.toLowerCase() === 'websocket' &&
  chooseProtocol((headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/)) !== false;

interface Opening {
  readonly place: Place;
  readonly incoming: Incoming;
  readonly note: Note;
  readonly context: Context;
  readonly info: unknown;
}

const switched = 101;

function open(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { place, incoming, note, context, info }: Opening,
): void {
  server.handleUpgrade(request, socket, head, (webSocket) => {
    note('ResponseStarted', switched);
    webSocket.on('close', () => note('ResponseComplete', switched));
    const wishes = wishesOf(incoming.query);
    const first = wishes.stdout ? 'stdout' : wishes.stderr ? 'stderr' : 'error';
    const channels = new WebSocketChannels(webSocket, first);
    stream((info as ResourceRequest).subresource!, place, wishes, channels, context);
  });
}
