/** The first look at a request: what it is about, from whom it comes, and how it is noted down. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rejection } from '../api/status.ts';
import { type Audited, auditEvent } from './audit.ts';
import { impersonationRefusal } from './auth/access.ts';
import { type Authentication, actingAs, userOf } from './auth/users.ts';
import type { Context, Incoming, User } from './context.ts';
import { type Answer, type Manner, plain, send, statusAnswer, textAnswer } from './reply.ts';
import { type RequestInfo, requestInfo } from './requestinfo.ts';
import { isTrue, verbOf } from './target.ts';

export interface Handling {
  readonly context: Context;
  readonly authentication: Authentication;
  readonly audit?: (event: unknown) => void;
}

export interface Admitted {
  readonly auditId: string;
  readonly receivedMs: number;
  readonly uri: string;
  readonly url: URL;
  readonly info: RequestInfo;
  readonly manner: Manner;
  readonly user: User;
}

/** Undefined: it was refused, and is answered. */
export function admit(
  request: IncomingMessage,
  response: ServerResponse,
  { context, authentication }: Handling,
): Admitted | undefined {
  const receivedMs = Date.now();
  const given = request.headers['audit-id'];
  const auditId = typeof given === 'string' ? given : randomUUID();
  response.setHeader('Audit-Id', auditId);
  response.setHeader('Cache-Control', 'no-cache, private');
  const uri = request.url ?? '/';
  const url = parsed(uri);
  const info = url === undefined ? undefined : requestInfo(url.pathname);
  if (url === undefined || info === undefined) {
    send(response, textAnswer(400, 'Bad Request\n'), plain);
    return undefined;
  }
  const manner = mannerOf(url.searchParams, request.headers['user-agent']);
  const caller = userOf(request, authentication);
  if (caller === undefined) {
    send(response, statusAnswer(rejection('Unauthorized', 'Unauthorized')), manner);
    return undefined;
  }
  const user = actingAs(caller, request);
  const refused = impersonationRefusal(caller, user, context);
  if (refused !== undefined) {
    send(response, refused, manner);
    return undefined;
  }
  return { auditId, receivedMs, uri, url, info, manner, user };
}

/** The request as handlers see it. */
export const incomingOf = (
  request: IncomingMessage,
  { url, user }: Admitted,
  body: Buffer,
): Incoming => ({
  method: request.method ?? 'GET',
  path: url.pathname,
  query: url.searchParams,
  header: (name) => request.headers[name] as string | undefined,
  user,
  body,
});

/** Writes to the audit log, if there is one. */
export type Note = (stage: Audited['stage'], code: number, answer?: Answer) => void;

export function noteOf(
  { auditId, uri, info, receivedMs }: Admitted,
  incoming: Incoming,
  { audit }: Handling,
): Note {
  if (audit === undefined) return () => {};
  const verb = info.isResource ? verbOf(incoming, info) : undefined;
  const requestObject = requestObjectOf(incoming);
  return (stage, code, answer) => {
    const responseObject = answer?.body;
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
        ...(answer?.annotations === undefined ? {} : { annotations: answer.annotations }),
        receivedMs,
        nowMs: Date.now(),
      }),
    );
  };
}

/** The body as the audit log shows it. */
function requestObjectOf({ body }: Incoming): unknown {
  if (body.length === 0 || body[0] !== 0x7b) return undefined;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
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
