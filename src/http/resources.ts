/** What is served under which path: the resources of the API, and those of custom kinds. */
import { coreText, groupsText } from './data/discovery.ts';

interface ResponseKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface SubresourceEntry {
  readonly subresource: string;
  readonly responseKind?: ResponseKind;
  readonly verbs: readonly string[];
}

export interface ResourceEntry {
  readonly resource: string;
  readonly responseKind: ResponseKind;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly singularResource: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly SubresourceEntry[];
}

export interface VersionEntry {
  readonly version: string;
  readonly freshness?: string;
  readonly resources: readonly ResourceEntry[];
}

/** A group as aggregated discovery describes it; the core group has no name. */
export interface GroupEntry {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly VersionEntry[];
}

let builtin:
  | { readonly core: readonly GroupEntry[]; readonly groups: readonly GroupEntry[] }
  | undefined;

/** The groups that Kubernetes itself has, in their order of preference. */
export function builtinGroups() {
  builtin ??= {
    core: JSON.parse(coreText) as GroupEntry[],
    groups: JSON.parse(groupsText) as GroupEntry[],
  };
  return builtin;
}

export class Catalog {
  /** Custom groups, after those of Kubernetes. */
  readonly #custom: () => readonly GroupEntry[];

  constructor(custom: () => readonly GroupEntry[] = () => []) {
    this.#custom = custom;
  }

  get core(): readonly GroupEntry[] {
    return builtinGroups().core;
  }

  get groups(): readonly GroupEntry[] {
    const custom = this.#custom();
    return custom.length === 0 ? builtinGroups().groups : [...builtinGroups().groups, ...custom];
  }

  group(name: string): GroupEntry | undefined {
    return name === '' ? this.core[0] : this.groups.find(({ metadata }) => metadata.name === name);
  }

  version(group: string, version: string): VersionEntry | undefined {
    return this.group(group)?.versions.find((one) => one.version === version);
  }

  resource(group: string, version: string, resource: string): ResourceEntry | undefined {
    return this.version(group, version)?.resources.find((one) => one.resource === resource);
  }
}
