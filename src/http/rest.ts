/** Requests for resources: from the wire to the API server, and back (api-02). */
import { type Kind, nameOf } from '../api/kind.ts';
import { type KubeObject, makeKey } from '../api/meta.ts';
import { rejection } from '../api/status.ts';
import { podSecurityWarnings } from '../apiserver/admission/podsecurity/index.ts';
import type { Request, Response } from '../apiserver/request.ts';
import { requestOf } from './asking.ts';
import { withRequestor } from './auth/requestor.ts';
import { componentStatuses, componentStatusKind } from './componentstatus.ts';
import type { Context, Incoming } from './context.ts';
import { type Form, formOf, notAcceptableText } from './negotiation.ts';
import { type Answer, statusAnswer } from './reply.ts';
import { timeoutRefusal } from './requesttimeout.ts';
import { answerOf } from './shape.ts';
import type { Target } from './target.ts';
import { warningsOf } from './warnings.ts';

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
  const late = timeoutRefusal(incoming.query);
  if (late !== undefined) return { answer: statusAnswer(late), form };
  const asked = requestOf(incoming, target);
  if ('status' in asked) return { answer: warned(statusAnswer(asked), target.kind), form };
  const { warnings } = asked;
  const request = withRequestor(asked.request, incoming.user);
  const before = known(request, target, context);
  const response =
    target.kind.kind === componentStatusKind.kind
      ? componentStatuses(request, context.cluster)
      : submit(request, incoming, context);
  const answer = noted(answerOf(response, incoming, target, form, context), response);
  const more = [
    ...securityWarnings(request, response, before, context),
    ...strategyWarnings(request, response, before, target.kind),
  ];
  const read = isUnread(request, response) ? [] : warnings;
  const said = [...read, ...(response.warnings ?? []), ...more];
  return { answer: warned(answer, target.kind, said), form };
}

/** A JSON patch that could not be applied has made nothing in which there could be unknown fields. */
const isUnread = (request: Request, { ok }: Response): boolean =>
  request.verb === 'patch' && request.patchType === 'json' && !ok;

/** What an update is about. */
function known(request: Request, { kind }: Target, { cluster }: Context): KubeObject | undefined {
  if (request.verb === 'patch') {
    return cluster.simulation.store.get(nameOf(kind), makeKey(request.namespace, request.name));
  }
  if (request.verb !== 'update') return undefined;
  const { namespace, name } = (request.object as KubeObject).metadata;
  return cluster.simulation.store.get(nameOf(kind), makeKey(namespace, name));
}

/** Of objects themselves, and not of their subresources. */
function strategyWarnings(
  request: Request,
  response: Response,
  before: KubeObject | undefined,
  { warnings }: Kind,
): readonly string[] {
  const isWrite = ['create', 'update', 'patch'].includes(request.verb);
  const isWhole = !('subresource' in request) || request.subresource === undefined;
  if (warnings === undefined || !isWrite || !isWhole || !response.ok) return [];
  if (response.list !== undefined || response.object === before) return [];
  return warnings(response.object, before);
}

/** Of Pods and what makes them, and of namespaces that become stricter. */
function securityWarnings(
  request: Request,
  response: Response,
  before: KubeObject | undefined,
  { cluster }: Context,
): readonly string[] {
  const isWrite = ['create', 'update', 'patch'].includes(request.verb);
  const subresource = 'subresource' in request ? request.subresource : undefined;
  const isJudged = subresource === undefined || subresource === 'ephemeralcontainers';
  if (!isWrite || !isJudged || !response.ok || response.object === undefined) return [];
  return podSecurityWarnings(response.object, before, cluster.simulation.store.view());
}

const noted = (answer: Answer, { annotations }: Response): Answer =>
  annotations === undefined ? answer : { ...answer, annotations };

function warned(answer: Answer, kind: Kind, warnings: readonly string[] = []): Answer {
  const texts = warningsOf(kind, warnings);
  return texts.length === 0
    ? answer
    : { ...answer, headers: { ...answer.headers, Warning: texts } };
}

function submit(request: Request, incoming: Incoming, { cluster, clock }: Context): Response {
  clock.catchUp();
  const response = cluster.simulation.submit(
    { ...request, user: incoming.user },
    actorOf(incoming),
  );
  if (request.verb !== 'get' && request.verb !== 'list') clock.wake();
  return response;
}

/** As the log names whoever asks: `user/kubectl`, or the account of a component. */
export function actorOf({ user, header }: Incoming): string {
  if (user.username.startsWith('system:')) return user.username;
  const agent = (header('user-agent') ?? '').split('/')[0]!.replace(/[^\w.-]/g, '');
  return agent === '' ? 'user' : `user/${agent.slice(0, 60)}`;
}
