/** Requests that store nothing: who am I, and may I (api-02 §10, §11). */
import type { Status } from '../../api/status.ts';
import { type Attributes, isAllowed, rulesFor } from '../../apiserver/rbac.ts';
import { badRequest } from '../../apiserver/reject.ts';
import type { Context, Incoming, User } from '../context.ts';
import { objectOf } from '../payload.ts';
import { type Answer, statusAnswer } from '../reply.ts';
import type { ResourceRequest } from '../requestinfo.ts';
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

const userInfo = ({ username, uid, groups, extra }: User) => ({
  username,
  ...(uid === undefined ? {} : { uid }),
  groups,
  ...(extra === undefined ? {} : { extra }),
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
