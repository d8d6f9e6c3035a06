/** Requests that store nothing: who am I, may I, and tokens (api-02 §10, §11). */
import { makeKey } from '../api/meta.ts';
import { isObject } from '../api/patch/merge.ts';
import { rejection, type Status } from '../api/status.ts';
import { badRequest, noSuchResource } from '../apiserver/reject.ts';
import type { Context, Incoming, User } from './context.ts';
import { objectOf } from './payload.ts';
import { type Attributes, isAllowed, rulesFor } from './rbac.ts';
import { type Answer, statusAnswer } from './reply.ts';
import type { ResourceRequest } from './requestinfo.ts';
import { issuer } from './tokens.ts';

type Json = Readonly<Record<string, unknown>>;

type Review = (spec: Json, incoming: Incoming, context: Context) => Json | Status;

const reviews: Readonly<Record<string, Review>> = {
  SelfSubjectReview: (_spec, { user }) => ({ userInfo: userInfo(user) }),
  SelfSubjectAccessReview: (spec, { user }, context) => accessOf(user, spec, context),
  SubjectAccessReview: (spec, _incoming, context) => accessOf(subjectOf(spec), spec, context),
  LocalSubjectAccessReview: (spec, _incoming, context) => accessOf(subjectOf(spec), spec, context),
  SelfSubjectRulesReview: rulesReview,
  TokenReview: tokenReview,
};

/** `undefined`: it is no review. */
export function answerReview(
  incoming: Incoming,
  info: ResourceRequest,
  kind: string,
  context: Context,
): Answer | undefined {
  const review = Object.hasOwn(reviews, kind) ? reviews[kind] : undefined;
  if (review === undefined || incoming.method !== 'POST' || info.name !== undefined) {
    return undefined;
  }
  const apiVersion = `${info.group}/${info.version}`;
  const read = objectOf(incoming, { kind, apiVersions: [apiVersion] });
  if (!read.ok) return statusAnswer(read.status);
  const object = read.value.object as unknown as { spec?: Json; metadata?: Json };
  const spec = object.spec ?? {};
  const status = review(spec, incoming, context);
  if (isStatus(status)) return statusAnswer(status);
  const shown =
    kind === 'SelfSubjectRulesReview' ? { spec: {} } : kind === 'SelfSubjectReview' ? {} : { spec };
  const metadata = { ...object.metadata, creationTimestamp: null };
  return { code: 201, body: { kind, apiVersion, metadata, ...shown, status } };
}

const isStatus = (value: Json | Status): value is Status =>
  (value as { kind?: unknown }).kind === 'Status';

const userInfo = ({ username, uid, groups }: User) => ({
  username,
  ...(uid === undefined ? {} : { uid }),
  groups,
});

const subjectOf = ({ user, groups, uid }: Json): User => ({
  username: String(user ?? ''),
  groups: Array.isArray(groups) ? (groups as string[]) : [],
  ...(typeof uid === 'string' ? { uid } : {}),
});

function accessOf(user: User, spec: Json, { cluster }: Context): Json | Status {
  const { resourceAttributes, nonResourceAttributes } = spec as {
    resourceAttributes?: Attributes;
    nonResourceAttributes?: { path?: string; verb?: string };
  };
  if ((resourceAttributes === undefined) === (nonResourceAttributes === undefined)) {
    return badRequest(
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  }
  const { namespace, ...attributes } = resourceAttributes ?? { verb: '' };
  const wanted: Attributes =
    resourceAttributes === undefined
      ? { verb: nonResourceAttributes!.verb ?? '', path: nonResourceAttributes!.path ?? '' }
      : { ...attributes, ...(namespace ? { namespace } : {}) };
  const allowed = isAllowed(user, wanted, cluster.simulation.store.view());
  return { allowed };
}

function rulesReview(spec: Json, { user }: Incoming, { cluster }: Context): Json | Status {
  const namespace = String(spec['namespace'] ?? '');
  if (namespace === '') return badRequest('no namespace on request');
  const rules = rulesFor(user, namespace, cluster.simulation.store.view());
  return {
    resourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs === undefined)
      .map(({ verbs, apiGroups = [], resources = [], resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames === undefined ? {} : { resourceNames }),
      })),
    nonResourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs !== undefined)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}

function tokenReview(spec: Json, _incoming: Incoming, { identify }: Context): Json {
  const found = identify(String(spec['token'] ?? ''));
  if (found === undefined) return { user: {}, error: 'invalid bearer token' };
  const wanted = Array.isArray(spec['audiences']) ? (spec['audiences'] as string[]) : [];
  const audiences = found.audiences.length > 0 ? found.audiences : [issuer];
  const common = wanted.length === 0 ? audiences : wanted.filter((one) => audiences.includes(one));
  if (common.length === 0) return { user: {}, error: 'token audiences are not valid' };
  return { authenticated: true, user: userInfo(found.user), audiences: common };
}

const secondsMin = 600;
const secondsDefault = 3_600;

/** POST to `serviceaccounts/NAME/token`. */
export function answerToken(incoming: Incoming, info: ResourceRequest, context: Context): Answer {
  const { cluster, signer } = context;
  const { namespace = '', name = '' } = info;
  const account = cluster.simulation.store.get('ServiceAccount', makeKey(namespace, name));
  if (account === undefined) {
    const details = { name, kind: 'serviceaccounts' };
    const why = `serviceaccounts "${name}" not found`;
    return statusAnswer(rejection('NotFound', why, details));
  }
  const apiVersion = 'authentication.k8s.io/v1';
  const read = objectOf(incoming, { kind: 'TokenRequest', apiVersions: [apiVersion] });
  if (!read.ok) return statusAnswer(read.status);
  const given = read.value.object as unknown as { spec?: Json };
  if (given.spec !== undefined && !isObject(given.spec)) return statusAnswer(noSuchResource());
  const spec = given.spec ?? {};
  const seconds = Number(spec['expirationSeconds'] ?? secondsDefault);
  if (!(seconds >= secondsMin)) {
    const message = `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`;
    const field = 'spec.expirationSeconds';
    const why = `TokenRequest.authentication.k8s.io "" is invalid: ${field}: ${message}`;
    return statusAnswer(
      rejection('Invalid', why, {
        group: 'authentication.k8s.io',
        kind: 'TokenRequest',
        causes: [{ reason: 'FieldValueInvalid', message, field }],
      }),
    );
  }
  const asked = Array.isArray(spec['audiences']) ? (spec['audiences'] as string[]) : [];
  const audiences = asked.length > 0 ? asked : [issuer];
  const issuedAt = Math.floor(Date.now() / 1000);
  const expiresAt = issuedAt + seconds;
  const claims = { namespace, name, uid: account.metadata.uid, audiences, issuedAt, expiresAt };
  const token = signer.sign(claims);
  const expirationTimestamp = new Date(expiresAt * 1000).toISOString().replace(/\.\d+/, '');
  return {
    code: 201,
    body: {
      kind: 'TokenRequest',
      apiVersion,
      metadata: {
        name,
        namespace,
        creationTimestamp: new Date(issuedAt * 1000).toISOString().replace(/\.\d+/, ''),
      },
      spec: { ...spec, audiences, expirationSeconds: seconds },
      status: { token, expirationTimestamp },
    },
  };
}
