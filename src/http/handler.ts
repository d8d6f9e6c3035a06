/** One request from its first byte to its last: who, what, and the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { noSuchResource } from '../apiserver/reject.ts';
import { admit, type Handling, incomingOf, noteOf } from './admit.ts';
import { forbidden } from './auth/access.ts';
import { answerReview } from './auth/reviews.ts';
import { answerToken } from './auth/tokenrequest.ts';
import { readBytes } from './body.ts';
import type { Context, Incoming } from './context.ts';
import { answerMetrics, isMetrics } from './metricsapi.ts';
import type { Encoding } from './negotiation.ts';
import { answerPath } from './paths.ts';
import { podLogs } from './podlogs.ts';
import { answerProxy } from './proxy.ts';
import { type Answer, send, statusAnswer, textAnswer } from './reply.ts';
import type { RequestInfo, ResourceRequest } from './requestinfo.ts';
import { answerResource } from './rest.ts';
import { isConnection, unupgraded } from './streams/place.ts';
import { type Target, targetOf } from './target.ts';
import { watch } from './watch.ts';

export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  handling: Handling,
): Promise<void> {
  const admitted = admit(request, response, handling);
  if (admitted === undefined) return;
  const { manner, info } = admitted;
  const { context } = handling;
  const body = await readBytes(request);
  if (!body.ok) return send(response, statusAnswer(body.status), manner);
  const incoming = incomingOf(request, admitted, body.value);
  const note = noteOf(admitted, incoming, handling);
  const counted = context.requests.begin(incoming, info);
  response.once('close', () => counted(response.statusCode));
  const outcome = outcomeOf(incoming, info, context);
  if ('target' in outcome && !isConnection(outcome.target)) {
    note('ResponseStarted', 200);
    response.on('close', () => note('ResponseComplete', 200));
    const stream = outcome.target.verb === 'watch' ? watch : podLogs;
    return stream(incoming, outcome.target, context, response);
  }
  const { answer, encoding = 'json' } =
    'target' in outcome
      ? { answer: statusAnswer(unupgraded(incoming, outcome.target, context)) }
      : outcome;
  send(response, answer, { ...manner, encoding });
  note('ResponseComplete', answer.code, answer);
}

export type Outcome =
  | { readonly answer: Answer; readonly encoding?: Encoding }
  /** A stream, which has no end that could be told now. */
  | { readonly target: Target };

export function outcomeOf(incoming: Incoming, info: RequestInfo, context: Context): Outcome {
  const refused = forbidden(incoming, info, context);
  if (refused !== undefined) return { answer: refused };
  if (!info.isResource) return { answer: answerPath(incoming, info.segments, context) };
  if (context.catalog.group(info.group) === undefined) {
    return { answer: textAnswer(404, '404 page not found\n') };
  }
  if (context.catalog.version(info.group, info.version) === undefined) {
    return { answer: statusAnswer(noSuchResource()) };
  }
  if (context.metrics && isMetrics(info)) return { answer: answerMetrics(incoming, info, context) };
  const proxied = answerProxy(incoming, info, context);
  if (proxied !== undefined) return { answer: proxied };
  const review = reviewOf(incoming, info, context);
  if (review !== undefined) return { answer: review };
  const target = targetOf(incoming, info, context);
  if ('status' in target) return { answer: statusAnswer(target) };
  if (target.verb === 'watch' || isLog(target) || isConnection(target)) return { target };
  const { answer, form } = answerResource(incoming, target, context);
  return { answer, encoding: form.encoding };
}

const isLog = ({ info, verb }: Target): boolean =>
  verb === 'get' && info.resource === 'pods' && info.subresource === 'log';

/** What stores nothing. */
function reviewOf(incoming: Incoming, info: ResourceRequest, context: Context) {
  const entry = context.catalog.resource(info.group, info.version, info.resource);
  if (entry === undefined) return undefined;
  const isToken = info.resource === 'serviceaccounts' && info.subresource === 'token';
  if (isToken && incoming.method === 'POST') return answerToken(incoming, info, context);
  return answerReview(incoming, info, entry.responseKind.kind, context);
}
