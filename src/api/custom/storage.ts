/**
 * Custom resources as they are kept and as they are spoken of: one object, in the version that the definition stores
 * now, or stored when it was written. With conversion None a version is another name, and another schema, of the same
 * fields (apiextensions-apiserver, `crdConversionRESTOptionsGetter`).
 */
import type { Storage } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import type { DefinedVersion } from './definition.ts';
import { defaulted, pruned } from './prune.ts';
import type { Schema } from './schema.ts';

/**
 * @param spoken the version of a client
 * @param kept the version that is stored
 */
export function storageOf(
  group: string,
  versions: readonly DefinedVersion[],
  spoken: DefinedVersion,
  kept: DefinedVersion,
): Storage {
  const schemas = new Map<string, Schema | undefined>(
    versions.map(({ name, schema }) => [`${group}/${name}`, schema?.openAPIV3Schema]),
  );
  const [own, stored] = [`${group}/${spoken.name}`, `${group}/${kept.name}`];
  const known = new WeakMap<KubeObject, KubeObject>();
  /** What the schema of the new version does not know goes; its defaults do not come. */
  const converted = (object: KubeObject, apiVersion: string): KubeObject =>
    object.apiVersion === apiVersion
      ? object
      : { ...pruned(object, schemas.get(apiVersion)), apiVersion };
  return {
    read(object) {
      let read = known.get(object);
      if (read === undefined) {
        // The defaults that count are those of the version in which it was written.
        const schema = schemas.get(object.apiVersion);
        read = converted(defaulted(pruned(object, schema), schema), own);
        known.set(object, read);
      }
      return read;
    },
    write: (object) => converted(object, stored),
  };
}
