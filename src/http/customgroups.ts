/** The groups that CustomResourceDefinitions add to discovery (api-01 §3). */
import type { CustomResourceDefinition, DefinedVersion } from '../api/custom/definition.ts';
import { isEstablished } from '../api/custom/kind.ts';
import { compareVersionNames } from '../api/custom/versionname.ts';
import type { Store } from '../store/store.ts';
import type { CustomTypes } from './openapi/schemas.ts';
import type { GroupEntry, ResourceEntry } from './resources.ts';

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const subVerbs = ['get', 'patch', 'update'];
const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

const definitionsIn = (store: Store): readonly CustomResourceDefinition[] =>
  store.view().list<CustomResourceDefinition>('CustomResourceDefinition').filter(isEstablished);

/** Made anew only when a definition has changed. */
export function customGroups(store: Store): () => readonly GroupEntry[] {
  let changes = -1;
  let groups: readonly GroupEntry[] = [];
  return () => {
    const newest = store.channel('CustomResourceDefinition').length;
    if (newest !== changes) {
      changes = newest;
      groups = groupsOf(definitionsIn(store));
    }
    return groups;
  };
}

function groupsOf(definitions: readonly CustomResourceDefinition[]): readonly GroupEntry[] {
  const byGroup = new Map<string, Map<string, ResourceEntry[]>>();
  for (const definition of definitions) {
    const { group, versions } = definition.spec;
    const known = byGroup.get(group) ?? new Map<string, ResourceEntry[]>();
    byGroup.set(group, known);
    for (const version of versions.filter(({ served }) => served)) {
      const resources = known.get(version.name) ?? [];
      known.set(version.name, [...resources, entryOf(definition, version)]);
    }
  }
  return [...byGroup].sort().map(([name, versions]) => ({
    metadata: { name },
    versions: [...versions]
      .sort(([a], [b]) => compareVersionNames(a, b))
      .map(([version, resources]) => ({
        version,
        freshness: 'Current',
        resources: resources.sort((a, b) => (a.resource < b.resource ? -1 : 1)),
      })),
  }));
}

function entryOf({ spec: { names, scope } }: CustomResourceDefinition, version: DefinedVersion) {
  const { status, scale } = version.subresources ?? {};
  const own = { group: '', version: '', kind: names.kind };
  const subresources = [
    ...(scale === undefined
      ? []
      : [{ subresource: 'scale', responseKind: scaleKind, verbs: subVerbs }]),
    ...(status === undefined
      ? []
      : [{ subresource: 'status', responseKind: own, verbs: subVerbs }]),
  ];
  return {
    resource: names.plural,
    responseKind: own,
    scope,
    singularResource: names.singular ?? names.kind.toLowerCase(),
    verbs,
    ...(names.shortNames === undefined ? {} : { shortNames: names.shortNames }),
    ...(names.categories === undefined ? {} : { categories: names.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  } satisfies ResourceEntry;
}

/** What a custom kind is, as its definition has it. */
export function customTypes(store: Store): CustomTypes {
  return (apiVersion, kind) => {
    const [group, version] = apiVersion.split('/');
    const definition = definitionsIn(store).find(
      ({ spec }) => spec.group === group && spec.names.kind === kind,
    );
    const found = definition?.spec.versions.find(({ name }) => name === version);
    if (definition === undefined || found === undefined) return undefined;
    const { listKind = `${kind}List` } = definition.spec.names;
    return { listKind, schema: found.schema?.openAPIV3Schema };
  };
}
