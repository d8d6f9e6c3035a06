/** The resources of the API by kind, every version of them. */
import { resourcesText } from './data/resources.ts';

export interface Resource {
  readonly kind: string;
  /** The stored version first. */
  readonly versions: readonly string[];
  readonly resource: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly subresources: readonly string[];
}

const list = (text: string): readonly string[] => (text === '-' ? [] : text.split(','));

function parse(): ReadonlyMap<string, Resource> {
  const resources = new Map<string, Resource>();
  for (const line of resourcesText.trimEnd().split('\n')) {
    const [version, resource, kind, scope, shortNames, subresources] = line.split(' ') as string[];
    const known = resources.get(kind!);
    resources.set(kind!, {
      kind: kind!,
      versions: [...(known?.versions ?? []), version!],
      resource: resource!,
      namespaced: scope === 'namespaced',
      shortNames: list(shortNames!),
      subresources: list(subresources!),
    });
  }
  return resources;
}

/** By kind: no two groups of the API itself have kinds of one name that are not the same objects. */
export const resources: ReadonlyMap<string, Resource> = parse();
