/** One request from its first byte to its last: who, what, and the answer. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rejection } from '../api/status.ts';
import { noSuchResource } from '../apiserver/reject.ts';
import { readBytes } from './body.ts';
import type { Context, Incoming, User } from './context.ts';
import { answerPath } from './paths.ts';
import { type Attributes, forbiddenText, isAllowed } from './rbac.ts';
import { type Answer, type Manner, plain, send, statusAnswer, textAnswer } from './reply.ts';
import { type RequestInfo, type ResourceRequest, requestInfo } from './requestinfo.ts';
import { answerResource } from './rest.ts';
import { answerReview, answerToken } from './reviews.ts';
import { isTrue, targetOf, verbOf } from './target.ts';
import { type Authentication, anonymous, userOf } from './users.ts';
import { watch } from './watch.ts';

export interface Handling {
  readonly context: Context;
  readonly authentication: Authentication;
}

export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { context, authentication }: Handling,
): Promise<void> {
  const auditId = request.headers['audit-id'];
  response.setHeader('Audit-Id', typeof auditId === 'string' ? auditId : randomUUID());
  response.setHeader('Cache-Control', 'no-cache, private');
  const url = parsed(request.url ?? '/');
  const info = url === undefined ? undefined : requestInfo(url.pathname);
  if (url === undefined || info === undefined) {
    return send(response, textAnswer(400, 'Bad Request\n'), plain);
  }
  const manner = mannerOf(url.searchParams, request.headers['user-agent']);
  const user = userOf(request, authentication);
  if (user === undefined) {
    return send(response, statusAnswer(rejection('Unauthorized', 'Unauthorized')), manner);
  }
  const body = await readBytes(request);
  if (!body.ok) return send(response, statusAnswer(body.status), manner);
  const incoming: Incoming = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    header: (name) => request.headers[name] as string | undefined,
    user,
    body: body.value,
  };
  const refused = forbidden(incoming, info, context);
  if (refused !== undefined) return send(response, refused, manner);
  if (!info.isResource) return send(response, answerPath(incoming, info.segments, context), manner);
  if (context.catalog.group(info.group) === undefined) {
    return send(response, textAnswer(404, '404 page not found\n'), manner);
  }
  if (context.catalog.version(info.group, info.version) === undefined) {
    return send(response, statusAnswer(noSuchResource()), manner);
  }
  const review = reviewOf(incoming, info, context);
  if (review !== undefined) return send(response, review, manner);
  const target = targetOf(incoming, info, context);
  if ('status' in target) return send(response, statusAnswer(target), manner);
  if (target.verb === 'watch') return watch(incoming, target, context, response);
  const { answer, form } = answerResource(incoming, target, context);
  send(response, answer, { ...manner, encoding: form.encoding });
}

function parsed(url: string): URL | undefined {
  try {
    return new URL(url, 'http://localhost');
  } catch {
    return undefined;
  }
}

/** People who look with a browser or curl get it indented. */
function mannerOf(query: URLSearchParams, agent = ''): Manner {
  const given = query.get('pretty');
  const pretty =
    given === null ? /^(curl|Wget|Mozilla\/5\.0)/.test(agent) : isTrue(given) && given !== '';
  return { ...plain, pretty };
}

/** What stores nothing. */
function reviewOf(incoming: Incoming, info: ResourceRequest, context: Context) {
  const entry = context.catalog.resource(info.group, info.version, info.resource);
  if (entry === undefined) return undefined;
  const isToken = info.resource === 'serviceaccounts' && info.subresource === 'token';
  if (isToken && incoming.method === 'POST') return answerToken(incoming, info, context);
  return answerReview(incoming, info, entry.responseKind.kind, context);
}

const open = /^\/(healthz|livez|readyz|version)(\/|$)/;

/** Who has not said who it is may ask for the version and whether all is well; others, what they may. */
function forbidden(incoming: Incoming, info: RequestInfo, context: Context): Answer | undefined {
  const { user, path } = incoming;
  if (open.test(path)) return undefined;
  if (user !== anonymous && !context.rbac && !isBare(user)) return undefined;
  const wanted = attributesOf(incoming, info);
  if (isAllowed(user, wanted, context.cluster.simulation.store.view())) return undefined;
  const { group, resource, name } = wanted;
  const details = {
    ...(name === undefined ? {} : { name }),
    ...(group ? { group } : {}),
    ...(resource === undefined ? {} : { kind: resource }),
  };
  return statusAnswer(rejection('Forbidden', forbiddenText(user, wanted), details));
}

/** A user without any group but that of all: only roles can allow it anything. */
const isBare = ({ groups }: User): boolean =>
  groups.length === 1 && groups[0] === 'system:authenticated';

function attributesOf(incoming: Incoming, info: RequestInfo): Attributes {
  if (!info.isResource) return { verb: incoming.method.toLowerCase(), path: incoming.path };
  const { group, resource, namespace, subresource, name } = info;
  return {
    verb: verbOf(incoming, info) ?? incoming.method.toLowerCase(),
    group,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
  };
}
