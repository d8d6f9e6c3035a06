/** Requests that ask for another protocol: streams of `exec`, `attach` and port-forward, and watches. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { rejection } from '../api/status.ts';
import { admit, type Handling, incomingOf, noteOf } from './admit.ts';
import { forbidden } from './auth/access.ts';
import type { Context } from './context.ts';
import { handle, outcomeOf } from './handler.ts';
import { type Answer, send, statusAnswer, textAnswer } from './reply.ts';
import { webSocketSink } from './sink.ts';
import { accepted, open, type Protocol, protocolOf } from './streams/open.ts';
import { isConnection, type Place, placeOf, runningIn } from './streams/place.ts';
import { portChannelProtocol, portsOf } from './streams/portchannels.ts';
import { newest } from './streams/websocket.ts';
import { wishesOf } from './streams/wishes.ts';
import { watch } from './watch.ts';

const switched = 101;

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
  const isStreamPath = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/\w+/.test(request.url ?? '');
  if (!isStreamPath && !isWebSocket(request)) return handle(request, response, handling);
  const admitted = admit(request, response, handling);
  if (admitted === undefined) return;
  const { info, manner } = admitted;
  const { context } = handling;
  const incoming = incomingOf(request, admitted, Buffer.alloc(0));
  const note = noteOf(admitted, incoming, handling);
  const outcome = outcomeOf(incoming, info, context);
  const isStream = 'target' in outcome && isConnection(outcome.target);
  if (isStream) {
    const counted = context.requests.begin(incoming, info);
    socket.once('close', () => counted(response.headersSent ? response.statusCode : switched));
  }
  if ('target' in outcome && outcome.target.verb === 'watch' && isWebSocket(request)) {
    note('ResponseStarted', switched);
    return watch(incoming, outcome.target, context, response, () => {
      response.detachSocket(socket as never);
      return webSocketSink(accepted(request, socket, head, () => note('ResponseComplete', 200)));
    });
  }
  if ('target' in outcome && !isStream) return handle(request, response, handling);
  const place = 'target' in outcome ? placeOf(incoming, outcome.target, context) : undefined;
  const isPlace = place !== undefined && 'pod' in place;
  const refused = 'answer' in outcome ? outcome.answer : isPlace ? undefined : statusAnswer(place!);
  const verb = info.isResource ? (info.subresource ?? '') : '';
  const protocol = protocolOf(request, verb);
  const isNamed = protocol?.name === portChannelProtocol && verb === 'portforward';
  const ports = isNamed ? portsOf(incoming.query) : [];
  const answer =
    refused ??
    forbidden(incoming, info, context, 'create') ??
    (protocol === undefined
      ? textAnswer(400, 'unable to upgrade: unknown protocol\n')
      : unreadyAnswer(place as Place, verb, protocol, context)) ??
    (typeof ports === 'string' ? textAnswer(400, `${ports}\n`) : undefined);
  if (answer !== undefined) {
    send(response, answer, manner);
    return note('ResponseComplete', answer.code, answer);
  }
  response.detachSocket(socket as never);
  open(request, socket, head, protocol!, {
    verb,
    place: place as Place,
    wishes: wishesOf(incoming.query),
    ports: ports as readonly number[],
    context,
    began: () => note('ResponseStarted', switched),
    closed: () => note('ResponseComplete', switched),
  });
}

/** A handshake that will succeed; another one is answered as an ordinary request. */
const isWebSocket = ({ headers, method }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers.upgrade?.toLowerCase() === 'websocket' &&
  headers['sec-websocket-version'] === '13' &&
  /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '');

/** Who is led to the kubelet without a translator hears of its refusal before anything is switched. */
function unreadyAnswer(
  place: Place,
  verb: string,
  { carrier, name }: Protocol,
  context: Context,
): Answer | undefined {
  const isTranslated = carrier === 'websocket' && name === newest;
  if (isTranslated || verb === 'portforward') return undefined;
  const found = runningIn(place, verb, context);
  if (found.ok) return undefined;
  const { type, text } = found.refusal;
  return type === 'kubelet'
    ? textAnswer(500, text)
    : statusAnswer(rejection('InternalError', text));
}
