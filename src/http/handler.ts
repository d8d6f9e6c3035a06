/** One request from its first byte to its last: who, what, and the answer. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rejection } from '../api/status.ts';
import { noSuchResource } from '../apiserver/reject.ts';
import { readBytes } from './body.ts';
import type { Context, Incoming, User } from './context.ts';
import { answerPath } from './paths.ts';
import { type Answer, type Manner, plain, send, statusAnswer, textAnswer } from './reply.ts';
import { requestInfo } from './requestinfo.ts';
import { answerResource } from './rest.ts';
import { isTrue, targetOf } from './target.ts';
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
  const refused = forbidden(incoming, user);
  if (refused !== undefined) return send(response, refused, manner);
  if (!info.isResource) return send(response, answerPath(incoming, info.segments, context), manner);
  if (context.catalog.group(info.group) === undefined) {
    return send(response, textAnswer(404, '404 page not found\n'), manner);
  }
  if (context.catalog.version(info.group, info.version) === undefined) {
    return send(response, statusAnswer(noSuchResource()), manner);
  }
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

const open = /^\/(healthz|livez|readyz|version)(\/|$)/;

/** Who has not said who it is may ask for the version and whether all is well. */
function forbidden({ path, method }: Incoming, user: User): Answer | undefined {
  if (user !== anonymous || open.test(path)) return undefined;
  const why = `forbidden: User "${user.username}" cannot ${method.toLowerCase()} path "${path}"`;
  return statusAnswer(rejection('Forbidden', why, {}));
}
