/**
 * The kinds of a cluster: those of the API, and those that its definitions define. The second are a
 * function of what is stored, so every cursor of a log has the kinds that it had.
 */
import { kindOf, kinds } from '../index.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import type { CustomResourceDefinition } from './definition.ts';
import { isEstablished, kindFrom } from './kind.ts';

/** What must be known of a cluster: a view of its store. */
export interface Definitions {
  by<T extends KubeObject>(kind: string, index: string, value: string): readonly T[];
  list<T extends KubeObject>(kind: string): readonly T[];
}

const made = new WeakMap<CustomResourceDefinition, Map<string, Kind | undefined>>();

/** Of a version that is served, or stored; of the stored one, if none is named. */
function kindOfDefinition(definition: CustomResourceDefinition, version = ''): Kind | undefined {
  let known = made.get(definition);
  if (known === undefined) {
    known = new Map();
    made.set(definition, known);
  }
  if (!known.has(version)) known.set(version, kindFrom(definition, version));
  return known.get(version);
}

const definitions = 'CustomResourceDefinition';

/**
 * The kind of a name, as `Pod` or `Website.example.com`; a custom one as the version has it that is
 * spoken, else as the stored one has it.
 */
export function kindIn(name: string, cluster: Definitions, apiVersion = ''): Kind | undefined {
  const own = kindOf(name);
  if (own !== undefined || !name.includes('.')) return own;
  const found = cluster.by<CustomResourceDefinition>(definitions, 'defines', name);
  const established = found.find(isEstablished);
  const [group, version] = apiVersion.split('/');
  if (established === undefined) return undefined;
  return kindOfDefinition(established, group === established.spec.group ? version : '');
}

/** Every kind that is served. */
export function kindsIn(cluster: Definitions): readonly Kind[] {
  const custom = cluster
    .list<CustomResourceDefinition>(definitions)
    .filter(isEstablished)
    .flatMap((definition) => kindOfDefinition(definition) ?? []);
  return custom.length === 0 ? kinds : [...kinds, ...custom];
}
