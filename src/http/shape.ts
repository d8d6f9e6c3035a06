/** What the API server answered, in the form that the client asked for (api-02 §7, api-08 §1). */
import { groupOf } from '../api/index.ts';
import { type Kind, nameOf } from '../api/kind.ts';
import { type KubeObject, makeKey } from '../api/meta.ts';
import { notFound } from '../apiserver/reject.ts';
import type { Response } from '../apiserver/request.ts';
import type { Context, Incoming } from './context.ts';
import type { Form } from './negotiation.ts';
import { type Answer, goJson, statusAnswer } from './reply.ts';
import { type IncludeObject, partial, scaleTable, tableOf } from './table.ts';
import { apiVersionOf, type Target } from './target.ts';
import { itemText, textOf, withoutType } from './texts.ts';

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject');
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}

/** One object in the form that was asked for. */
export function shaped(
  object: KubeObject,
  { query }: Incoming,
  { kind }: Target,
  { as, version }: Form,
  { cluster }: Context,
): unknown {
  if (as === 'Table') {
    const { resourceVersion } = object.metadata;
    const options = { version, includeObject: includeObjectOf(query), now: cluster.simulation.now };
    return tableOf([object], kind, { resourceVersion }, options);
  }
  return as === 'PartialObjectMetadata' ? partial(object, version) : object;
}

function listAnswer(
  items: readonly KubeObject[],
  metadata: { readonly resourceVersion?: string },
  { query }: Incoming,
  { kind, entry, info }: Target,
  { as, version }: Form,
  { cluster }: Context,
): Answer {
  if (as === 'Table') {
    const options = { version, includeObject: includeObjectOf(query), now: cluster.simulation.now };
    return { code: 200, body: tableOf(items, kind, metadata, options) };
  }
  if (as === 'PartialObjectMetadataList') {
    const body = {
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${version}`,
      metadata,
      items: items.map((object) => partial(object, version)),
    };
    return { code: 200, body };
  }
  // Go's decoder needs their type where it has no struct for them.
  const [item, text] = kind.storedAs === undefined ? [withoutType, itemText] : [whole, textOf];
  const head = {
    kind: `${entry.responseKind.kind}List`,
    apiVersion: apiVersionOf(info),
    metadata,
  };
  return {
    code: 200,
    get body() {
      return { ...head, items: items.map(item) };
    },
    json: () => `${goJson(head).slice(0, -1)},"items":[${items.map(text).join(',')}]}`,
  };
}

export function answerOf(
  response: Response,
  incoming: Incoming,
  target: Target,
  form: Form,
  context: Context,
): Answer {
  if (!response.ok) return statusAnswer(response.status);
  if (response.list !== undefined) {
    const { items, resourceVersion, continue: next, remainingItemCount } = response.list;
    const metadata = {
      ...(resourceVersion === '' ? {} : { resourceVersion }),
      ...(next === undefined ? {} : { continue: next }),
      ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
    };
    return listAnswer(items, metadata, incoming, target, form, context);
  }
  const { object } = response;
  const code = target.verb === 'create' || response.created === true ? 201 : 200;
  if (isPosted(target)) return { code: 201, body: { ...success, code: 201 } };
  if (
    target.verb === 'delete' &&
    isGone(object, target.kind, context) &&
    target.kind.returnsObjectOnDelete !== true
  ) {
    return { code: 200, body: deletedStatus(object, target.kind) };
  }
  if (object.kind === 'Scale' && form.as === 'Table') {
    const { now } = context.cluster.simulation;
    const options = { version: form.version, includeObject: includeObjectOf(incoming.query), now };
    return { code, body: scaleTable(object, options) };
  }
  if (isReply(object)) return { code, body: object };
  const body = shaped(object, incoming, target, form, context);
  return body === object ? { code, body, json: () => textOf(object) } : { code, body };
}

const whole = (object: KubeObject): object => object;

/** There is no such object. */
export const notFoundIn = (kind: Kind, name: string): Answer => statusAnswer(notFound(kind, name));

/** What is posted to these subresources is done, and not shown. */
const isPosted = ({ verb, info }: Target): boolean =>
  verb === 'create' && (info.subresource === 'binding' || info.subresource === 'eviction');

const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };

/** Answers of subresources are no stored objects. */
const isReply = ({ kind }: KubeObject): boolean => kind === 'Status' || kind === 'Scale';

/**
 * What is there as it was, and not being deleted either, was deleted in a dry run. What somebody had to let go of
 * first was there when this was answered, however soon it went.
 */
function isGone(object: KubeObject, kind: Kind, { cluster }: Context): boolean {
  const { namespace, name, uid, resourceVersion, deletionTimestamp, finalizers } = object.metadata;
  if (deletionTimestamp !== undefined && finalizers !== undefined) return false;
  const stored = cluster.simulation.store.get(nameOf(kind), makeKey(namespace, name));
  if (stored?.metadata.uid !== uid) return true;
  return stored?.metadata.resourceVersion === resourceVersion && deletionTimestamp === undefined;
}

function deletedStatus({ metadata }: KubeObject, { resource, apiVersion }: Kind) {
  const group = groupOf(apiVersion);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadata.name,
      ...(group === '' ? {} : { group }),
      kind: resource,
      uid: metadata.uid,
    },
  };
}
