/** One request from its first byte to its last: who, what, and the answer. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rejection } from '../api/status.ts';
import { noSuchResource } from '../apiserver/reject.ts';
import { type Audited, auditEvent } from './audit.ts';
import { readBytes } from './body.ts';
import type { Context, Incoming, User } from './context.ts';
import type { Encoding } from './negotiation.ts';
import { answerPath } from './paths.ts';
import { podLogs } from './podlogs.ts';
import { type Attributes, forbiddenText, isAllowed } from './rbac.ts';
import { type Answer, type Manner, plain, send, statusAnswer, textAnswer } from './reply.ts';
import { type RequestInfo, type ResourceRequest, requestInfo } from './requestinfo.ts';
import { answerResource } from './rest.ts';
import { answerReview, answerToken } from './reviews.ts';
import { isTrue, type Target, targetOf, verbOf } from './target.ts';
import { type Authentication, actingAs, anonymous, userOf } from './users.ts';
import { watch } from './watch.ts';

export interface Handling {
  readonly context: Context;
  readonly authentication: Authentication;
  readonly audit?: (event: unknown) => void;
}

export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { context, authentication, audit }: Handling,
): Promise<void> {
  const receivedMs = Date.now();
  const given = request.headers['audit-id'];
  const auditId = typeof given === 'string' ? given : randomUUID();
  response.setHeader('Audit-Id', auditId);
  response.setHeader('Cache-Control', 'no-cache, private');
  const uri = request.url ?? '/';
  const url = parsed(uri);
  const info = url === undefined ? undefined : requestInfo(url.pathname);
  if (url === undefined || info === undefined) {
    return send(response, textAnswer(400, 'Bad Request\n'), plain);
  }
  const manner = mannerOf(url.searchParams, request.headers['user-agent']);
  const caller = userOf(request, authentication);
  if (caller === undefined) {
    return send(response, statusAnswer(rejection('Unauthorized', 'Unauthorized')), manner);
  }
  const user = actingAs(caller, request);
  if (user !== caller && !mayImpersonate(caller, user, context)) {
    const why = forbiddenText(caller, impersonation(user));
    return send(response, statusAnswer(rejection('Forbidden', why, {})), manner);
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
  const note = (stage: Audited['stage'], code: number, responseObject?: unknown): void => {
    if (audit === undefined) return;
    const verb = info.isResource ? verbOf(incoming, info) : undefined;
    const requestObject = requestObjectOf(incoming);
    audit(
      auditEvent({
        auditId,
        uri,
        incoming,
        info,
        verb: verb ?? incoming.method.toLowerCase(),
        stage,
        code,
        ...(requestObject === undefined ? {} : { requestObject }),
        ...(responseObject === undefined ? {} : { responseObject }),
        receivedMs,
        nowMs: Date.now(),
      }),
    );
  };
  const outcome = outcomeOf(incoming, info, context);
  if ('target' in outcome) {
    note('ResponseStarted', 200);
    response.on('close', () => note('ResponseComplete', 200));
    const stream = outcome.target.verb === 'watch' ? watch : podLogs;
    return stream(incoming, outcome.target, context, response);
  }
  const { answer, encoding = 'json' } = outcome;
  send(response, answer, { ...manner, encoding });
  note('ResponseComplete', answer.code, answer.body);
}

const impersonation = ({ username }: User): Attributes => ({
  verb: 'impersonate',
  resource: 'users',
  name: username,
});

const mayImpersonate = (caller: User, user: User, { cluster }: Context): boolean =>
  isAllowed(caller, impersonation(user), cluster.simulation.store.view());

/** The body as the audit log shows it. */
function requestObjectOf({ body }: Incoming): unknown {
  if (body.length === 0 || body[0] !== 0x7b) return undefined;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

type Outcome =
  | { readonly answer: Answer; readonly encoding?: Encoding }
  /** A stream, which has no end that could be told now. */
  | { readonly target: Target };

function outcomeOf(incoming: Incoming, info: RequestInfo, context: Context): Outcome {
  const refused = forbidden(incoming, info, context);
  if (refused !== undefined) return { answer: refused };
  if (!info.isResource) return { answer: answerPath(incoming, info.segments, context) };
  if (context.catalog.group(info.group) === undefined) {
    return { answer: textAnswer(404, '404 page not found\n') };
  }
  if (context.catalog.version(info.group, info.version) === undefined) {
    return { answer: statusAnswer(noSuchResource()) };
  }
  const review = reviewOf(incoming, info, context);
  if (review !== undefined) return { answer: review };
  const target = targetOf(incoming, info, context);
  if ('status' in target) return { answer: statusAnswer(target) };
  if (target.verb === 'watch' || isLog(target)) return { target };
  const { answer, form } = answerResource(incoming, target, context);
  return { answer, encoding: form.encoding };
}

const isLog = ({ info, verb }: Target): boolean =>
  verb === 'get' && info.resource === 'pods' && info.subresource === 'log';

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
