/** Discovery: which groups, versions and resources there are, in both forms (api-01 §2, §3). */
import { createHash } from 'node:crypto';
import type { Form } from './negotiation.ts';
import { type Answer, goJson } from './reply.ts';
import type { Catalog, GroupEntry, ResourceEntry, SubresourceEntry } from './resources.ts';

/** The aggregated form of `/api` or `/apis`; a client that knows it already gets 304. */
export function aggregated(
  items: readonly GroupEntry[],
  { version }: Form,
  ifNoneMatch: string | undefined,
): Answer {
  const body = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items,
  };
  const content = goJson(body);
  const etag = `"${createHash('sha512').update(content).digest('hex').toUpperCase()}"`;
  const headers = { ETag: etag, 'Cache-Control': 'public', Vary: 'Accept' };
  if (ifNoneMatch === etag) {
    return {
      code: 304,
      body: undefined,
      headers,
      text: { type: contentType(version), content: '' },
    };
  }
  return {
    code: 200,
    body,
    headers,
    text: { type: contentType(version), content: `${content}\n` },
  };
}

const contentType = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

export const legacyVersions = (address: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
});

export const legacyGroups = (catalog: Catalog) => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: catalog.groups.map(legacyGroup),
});

function legacyGroup({ metadata, versions }: GroupEntry) {
  const all = versions.map(({ version }) => ({
    groupVersion: `${metadata.name}/${version}`,
    version,
  }));
  return { name: metadata.name, versions: all, preferredVersion: all[0] };
}

/** `undefined`: there is no such group. */
export function oneGroup(catalog: Catalog, name: string) {
  const group = catalog.group(name);
  return group === undefined
    ? undefined
    : { kind: 'APIGroup', apiVersion: 'v1', ...legacyGroup(group) };
}

/** `undefined`: there is no such version. */
export function legacyResources(catalog: Catalog, group: string, version: string) {
  const entry = catalog.version(group, version);
  if (entry === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: entry.resources.flatMap((resource) => [
      legacyResource(resource),
      ...(resource.subresources ?? []).map((one) => legacySubresource(resource, one)),
    ]),
  };
}

function legacyResource(entry: ResourceEntry) {
  const { resource, singularResource, scope, responseKind, verbs, shortNames, categories } = entry;
  return {
    name: resource,
    singularName: singularResource,
    namespaced: scope === 'Namespaced',
    ...groupVersionOf(responseKind),
    kind: responseKind.kind,
    verbs: [...verbs].sort(),
    ...(shortNames === undefined ? {} : { shortNames }),
    ...(categories === undefined ? {} : { categories }),
  };
}

function legacySubresource(
  { resource, scope, responseKind }: ResourceEntry,
  one: SubresourceEntry,
) {
  return {
    name: `${resource}/${one.subresource}`,
    singularName: '',
    namespaced: scope === 'Namespaced',
    ...groupVersionOf(one.responseKind ?? responseKind),
    kind: (one.responseKind ?? responseKind).kind,
    verbs: [...one.verbs].sort(),
  };
}

const groupVersionOf = ({ group, version }: { group: string; version: string }) =>
  group === '' && version === '' ? {} : { group, version };
