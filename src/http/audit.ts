/** The audit log: one audit.k8s.io/v1 Event a request, when it is complete (api-10 §1). */
import { isObject } from '../api/patch/merge.ts';
import type { Incoming } from './context.ts';
import type { RequestInfo } from './requestinfo.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Audited {
  readonly auditId: string;
  readonly uri: string;
  readonly incoming: Incoming;
  readonly info: RequestInfo;
  /** get, list, create …; of what is no resource, the method. */
  readonly verb: string;
  readonly stage: 'ResponseStarted' | 'ResponseComplete';
  readonly code: number;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly receivedMs: number;
  readonly nowMs: number;
}

/** RFC 3339 with six decimals. */
const micro = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

export function auditEvent(audited: Audited): Json {
  const { auditId, uri, incoming, info, verb, stage, code, receivedMs, nowMs } = audited;
  const { requestObject, responseObject } = audited;
  const agent = incoming.header('user-agent');
  const isFailure = isObject(responseObject) && responseObject['kind'] === 'Status' && code >= 400;
  const { status, message, reason, details } = (isFailure ? responseObject : {}) as Json;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: auditId,
    stage,
    requestURI: uri,
    verb,
    user: incoming.user,
    sourceIPs: ['127.0.0.1'],
    ...(agent === undefined ? {} : { userAgent: agent }),
    ...objectRef(info, requestObject),
    responseStatus: {
      metadata: {},
      ...(status === undefined ? {} : { status }),
      ...(message === undefined ? {} : { message }),
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    },
    ...(requestObject === undefined ? {} : { requestObject }),
    ...(responseObject === undefined ? {} : { responseObject }),
    requestReceivedTimestamp: micro(receivedMs),
    stageTimestamp: micro(nowMs),
    annotations: {
      'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow',
      'authorization.k8s.io/reason': '',
      ...audited.annotations,
    },
  };
}

function objectRef(info: RequestInfo, request: unknown): Json {
  if (!info.isResource) return {};
  const { group, version, resource, namespace, subresource } = info;
  const given = (isObject(request) ? (request['metadata'] ?? {}) : {}) as Json;
  const name = info.name ?? given['name'];
  return {
    objectRef: {
      resource,
      ...(namespace === undefined ? {} : { namespace }),
      ...(typeof name === 'string' && name !== '' ? { name } : {}),
      ...(typeof given['uid'] === 'string' ? { uid: given['uid'] } : {}),
      ...(group === '' ? {} : { apiGroup: group }),
      apiVersion: version,
      ...(typeof given['resourceVersion'] === 'string'
        ? { resourceVersion: given['resourceVersion'] }
        : {}),
      ...(subresource === undefined ? {} : { subresource }),
    },
  };
}
