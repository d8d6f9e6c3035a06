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

const made = new WeakMap<CustomResourceDefinition, Kind>();

function kindOfDefinition(definition: CustomResourceDefinition): Kind | undefined {
  let kind = made.get(definition);
  if (kind === undefined) {
    kind = kindFrom(definition);
    if (kind !== undefined) made.set(definition, kind);
  }
  return kind;
}

const definitions = 'CustomResourceDefinition';

/** The kind of a name, as `Pod` or `Website.example.com`. */
export function kindIn(name: string, cluster: Definitions): Kind | undefined {
  const own = kindOf(name);
  if (own !== undefined || !name.includes('.')) return own;
  const found = cluster.by<CustomResourceDefinition>(definitions, 'defines', name);
  const established = found.find(isEstablished);
  return established === undefined ? undefined : kindOfDefinition(established);
}

/** Every kind that is served. */
export function kindsIn(cluster: Definitions): readonly Kind[] {
  const custom = cluster
    .list<CustomResourceDefinition>(definitions)
    .filter(isEstablished)
    .flatMap((definition) => kindOfDefinition(definition) ?? []);
  return custom.length === 0 ? kinds : [...kinds, ...custom];
}
