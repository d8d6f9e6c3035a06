/** Tokens that are asked for: POST to `serviceaccounts/NAME/token` (api-02 §10; upstream's TokenREST). */
import type { Kind } from '../../api/kind.ts';
import { type KubeObject, makeKey } from '../../api/meta.ts';
import { isObject } from '../../api/patch/merge.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Secret } from '../../api/secret.ts';
import { rejection, type Status } from '../../api/status.ts';
import { badRequest, noSuchResource } from '../../apiserver/reject.ts';
import type { Cluster } from '../../sim/cluster.ts';
import type { Context, Incoming } from '../context.ts';
import { objectOf } from '../payload.ts';
import { type Answer, statusAnswer } from '../reply.ts';
import type { ResourceRequest } from '../requestinfo.ts';
import { type Bound, issuer, type Read } from './tokens.ts';

type Json = Readonly<Record<string, unknown>>;

const secondsMin = 600;
const secondsMax = 2 ** 32;
const secondsDefault = 3_600;

const apiVersion = 'authentication.k8s.io/v1';

export function answerToken(incoming: Incoming, info: ResourceRequest, context: Context): Answer {
  const { cluster, signer } = context;
  const { namespace = '', name = '' } = info;
  const account = cluster.simulation.store.get('ServiceAccount', makeKey(namespace, name));
  if (account === undefined) return statusAnswer(missing('serviceaccounts', name));
  const read = objectOf(incoming, { kind: 'TokenRequest', apiVersions: [apiVersion] });
  if (!read.ok) return statusAnswer(read.status);
  const given = read.value.object as unknown as { spec?: Json };
  if (given.spec !== undefined && !isObject(given.spec)) return statusAnswer(noSuchResource());
  const spec = given.spec ?? {};
  const seconds = Number(spec['expirationSeconds'] ?? secondsDefault);
  const wrong = wrongDuration(seconds);
  if (wrong !== undefined) return statusAnswer(wrong);
  const bound = boundOf(spec['boundObjectRef'], namespace, name, context);
  if (isStatus(bound)) return statusAnswer(bound);
  const asked = Array.isArray(spec['audiences']) ? (spec['audiences'] as string[]) : [];
  const audiences = asked.length > 0 ? asked : [issuer];
  const issuedAt = Math.floor(Date.now() / 1000);
  const expiresAt = issuedAt + seconds;
  const { uid } = account.metadata;
  const token = signer.sign({ namespace, name, uid, audiences, bound, issuedAt, expiresAt });
  const metadata = { name, namespace, creationTimestamp: timeOf(issuedAt) };
  const body = {
    kind: 'TokenRequest',
    apiVersion,
    metadata,
    spec: { ...spec, audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: timeOf(expiresAt) },
  };
  return { code: 201, body };
}

/** Whether the account of a token is there, and what it is bound to: a Pod's token ends with the Pod. */
export function isInForce({ namespace, needs, heldBy }: Read, { simulation }: Cluster): boolean {
  const { store } = simulation;
  if (heldBy !== undefined) {
    const secret = store.get<Secret>('Secret', makeKey(namespace, heldBy.secret));
    const isGoing = secret?.metadata.deletionTimestamp !== undefined;
    if (isGoing || secret?.data?.['token'] !== btoa(heldBy.token)) return false;
  }
  return Object.entries(kindsOfNeeds).every(([word, kind]) => {
    const needed = needs[word];
    if (needed === undefined) return true;
    return store.get(kind, makeKey(namespace, needed.name))?.metadata.uid === needed.uid;
  });
}

const kindsOfNeeds = { serviceaccount: 'ServiceAccount', pod: 'Pod', secret: 'Secret' };

const timeOf = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace(/\.\d+/, '');

function wrongDuration(seconds: number): Status | undefined {
  if (seconds >= secondsMin && seconds <= secondsMax) return undefined;
  const limit = seconds > secondsMax ? 'larger than 2^32 seconds' : 'less than 10 minutes';
  const message = `Invalid value: ${seconds}: may not specify a duration ${limit}`;
  const field = 'spec.expirationSeconds';
  const why = `TokenRequest.authentication.k8s.io "" is invalid: ${field}: ${message}`;
  const causes = [{ reason: 'FieldValueInvalid', message, field }];
  return rejection('Invalid', why, {
    group: 'authentication.k8s.io',
    kind: 'TokenRequest',
    causes,
  });
}

/** Kinds that a token can be bound to, their resources, and whether they have a namespace. */
const bindable: Readonly<Record<string, Pick<Kind, 'resource' | 'namespaced'>>> = {
  Pod: { resource: 'pods', namespaced: true },
  Secret: { resource: 'secrets', namespaced: true },
  Node: { resource: 'nodes', namespaced: false },
};

/** What a token is bound to, as its claims say it; none, if nothing is asked for. */
function boundOf(
  ref: unknown,
  namespace: string,
  account: string,
  { cluster }: Context,
): Readonly<Record<string, Bound>> | Status {
  if (!isObject(ref)) return {};
  const { apiVersion: of, kind, name, uid } = ref as Readonly<Record<string, string | undefined>>;
  const { store } = cluster.simulation;
  const known = of === 'v1' || of === undefined || of === '' ? bindable[kind ?? ''] : undefined;
  if (known === undefined || !Object.hasOwn(bindable, kind!)) {
    const [version, group] = (of ?? '').split('/').reverse();
    const what = `${group ?? ''}/${version ?? ''}, Kind=${kind ?? ''}`;
    return badRequest(`cannot bind token to object of type ${what}`);
  }
  const object = store.get(kind!, known.namespaced ? makeKey(namespace, name ?? '') : (name ?? ''));
  if (object === undefined) return missing(known.resource, name ?? '');
  const { spec } = object as Pod & KubeObject;
  if (kind === 'Pod' && spec.serviceAccountName !== account) {
    return badRequest(
      `cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`,
    );
  }
  if (uid && uid !== object.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    const what = `Operation cannot be fulfilled on ${kind} "${name}": ${why}`;
    return rejection('Conflict', what, { name: name ?? '', kind: kind! });
  }
  const node = kind === 'Pod' ? store.get('Node', spec.nodeName ?? '') : undefined;
  return {
    [kind!.toLowerCase()]: named(object),
    ...(node === undefined ? {} : { node: named(node) }),
  };
}

const named = ({ metadata: { name, uid } }: KubeObject): Bound => ({ name, uid });

const missing = (resource: string, name: string): Status =>
  rejection('NotFound', `${resource} "${name}" not found`, { name, kind: resource });

const isStatus = (value: object): value is Status =>
  (value as { kind?: unknown }).kind === 'Status';
