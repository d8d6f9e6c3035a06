/** Requests for resources: from the wire to the API server, and back (api-02). */
import { rejection } from '../api/status.ts';
import type { Request, Response } from '../apiserver/request.ts';
import { requestOf } from './asking.ts';
import type { Context, Incoming } from './context.ts';
import { type Form, formOf, notAcceptableText } from './negotiation.ts';
import { type Answer, statusAnswer } from './reply.ts';
import { answerOf } from './shape.ts';
import type { Target } from './target.ts';

export interface Answered {
  readonly answer: Answer;
  readonly form: Form;
}

const offered = {
  as: ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'],
  encodings: ['json', 'yaml', 'protobuf'],
} as const;

/** Everything but watches and streams. */
export function answerResource(incoming: Incoming, target: Target, context: Context): Answered {
  const form = formOf(incoming.header('accept'), offered);
  if (form === undefined) {
    const why = rejection('NotAcceptable', notAcceptableText, {});
    return { answer: statusAnswer(why), form: { encoding: 'json', as: 'object', version: '' } };
  }
  const asked = requestOf(incoming, target);
  if ('status' in asked) return { answer: statusAnswer(asked), form };
  const { request, warnings } = asked;
  const response = submit(request, incoming, context);
  const answer = answerOf(response, incoming, target, form, context);
  return { answer: warnings.length === 0 ? answer : warned(answer, warnings), form };
}

const warningsMax = 4_096;

/** Each warning is a header of its own. */
function warned(answer: Answer, warnings: readonly string[]): Answer {
  const texts: string[] = [];
  let length = 0;
  for (const text of warnings) {
    length += text.length;
    if (length > warningsMax) break;
    texts.push(`299 - ${JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'))}`);
  }
  return { ...answer, headers: { ...answer.headers, Warning: texts } };
}

function submit(request: Request, incoming: Incoming, { cluster, clock }: Context): Response {
  clock.catchUp();
  const response = cluster.simulation.submit(request, actorOf(incoming));
  if (request.verb !== 'get' && request.verb !== 'list') clock.wake();
  return response;
}

/** As the log names whoever asks: `user/kubectl`, or the account of a component. */
export function actorOf({ user, header }: Incoming): string {
  if (user.username.startsWith('system:')) return user.username;
  const agent = (header('user-agent') ?? '').split('/')[0]!.replace(/[^\w.-]/g, '');
  return agent === '' ? 'user' : `user/${agent.slice(0, 60)}`;
}
