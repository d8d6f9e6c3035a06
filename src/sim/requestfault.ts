/** What a client gets when a request goes wrong on the way. */
import { type Definitions, kindIn } from '../api/custom/index.ts';
import { rejection } from '../api/status.ts';
import { conflict } from '../apiserver/reject.ts';
import type { Request, Response } from '../apiserver/request.ts';

/** Refused, as if someone else had written in between. */
export function conflicted(request: Request, cluster: Definitions): Response {
  const kind = kindIn(request.kind, cluster);
  const name = request.verb === 'update' ? request.object.metadata.name : '';
  const status =
    kind === undefined
      ? rejection('Conflict', `Operation cannot be fulfilled on ${request.kind}`)
      : conflict(kind, name);
  return { ok: false, status, definite: true };
}

/** No answer: whether it was applied, the client cannot know. */
export const noReply: Response = {
  ok: false,
  status: rejection('Timeout', 'the server was unable to return a response in the time allotted'),
  definite: false,
};
