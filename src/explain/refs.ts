/** References as people type them: `pod/web-x`, `deploy/web.status.conditions[Available]`. */
import { type Definitions, kindsIn } from '../api/custom/index.ts';
import { resourceName } from '../api/index.ts';
import { type Kind, nameOf } from '../api/kind.ts';
import { UsageError } from '../errors.ts';
import { nearest } from '../nearest.ts';

export interface Reference {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly path: readonly string[];
}

const names = (kind: Kind): readonly string[] => [
  kind.kind.toLowerCase(),
  kind.resource,
  resourceName(kind),
  ...(kind.shortNames ?? []),
];

/** The kind that a word means: its name, plural or short name, in a cluster. */
export function kindFrom(word: string, cluster: Definitions): Kind {
  const lower = word.toLowerCase();
  const kinds = kindsIn(cluster);
  const found = kinds.find((kind) => names(kind).includes(lower));
  if (found !== undefined) return found;
  const meant = nearest(lower, kinds.flatMap(names));
  const hint = meant === undefined ? 'known are' : `did you mean ${meant}? Known are`;
  throw new UsageError(
    `unknown kind ${JSON.stringify(word)}; ${hint} ${kinds.map(({ resource }) => resource).join(', ')}`,
  );
}

/** `kind`, `kind/name`, `kind/namespace/name`, each with a path behind the name. */
export function parseReference(
  text: string,
  cluster: Definitions,
  namespace = 'default',
): Reference {
  const [word = '', ...rest] = text.split('/');
  const kind = kindFrom(word, cluster);
  const home = rest.length === 2 ? rest[0]! : namespace;
  const named = rest.at(-1);
  const common = { kind: nameOf(kind), namespace: kind.namespaced ? home : undefined };
  if (named === undefined || named === '') return { ...common, name: undefined, path: [] };
  const dot = named.search(/\.(spec|status|metadata)\b/);
  if (dot < 0) return { ...common, name: named, path: [] };
  const path = [...named.slice(dot + 1).matchAll(/[^.[\]]+/g)].map(([part]) => part);
  return { ...common, name: named.slice(0, dot), path };
}
