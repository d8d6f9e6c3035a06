/** Requests that ask for another protocol: the streams of `exec`, `attach` and port-forward. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { forbidden } from './access.ts';
import { admit, type Handling, incomingOf, noteOf } from './admit.ts';
import { handle, outcomeOf } from './handler.ts';
import { send, statusAnswer, textAnswer } from './reply.ts';
import { wishesOf } from './streams/exec.ts';
import { open, protocolOf } from './streams/open.ts';
import { isConnection, type Place, placeOf } from './streams/place.ts';

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
  const verb = info.isResource ? (info.subresource ?? '') : '';
  const protocol = protocolOf(request, verb);
  const answer =
    refused ??
    forbidden(incoming, info, context, 'create') ??
    (protocol === undefined ? textAnswer(400, 'unable to upgrade: unknown protocol\n') : undefined);
  if (answer !== undefined) {
    send(response, answer, manner);
    return note('ResponseComplete', answer.code, answer.body);
  }
  response.detachSocket(socket as never);
  open(request, socket, head, protocol!, {
    verb,
    place: place as Place,
    wishes: wishesOf(incoming.query),
    context,
    began: () => note('ResponseStarted', switched),
    closed: () => note('ResponseComplete', switched),
  });
}
