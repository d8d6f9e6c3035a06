/**
 * Accepts the names of definitions, and establishes those that have all of theirs: two controllers of
 * the API server's own (apiextensions: naming, establishing). From then on the kind is served.
 */
import {
  type CustomResourceDefinition,
  conditionOf,
  type Names,
} from '../api/custom/definition.ts';
import { deepEqual } from '../api/equal.ts';
import type { Condition, Key } from '../api/meta.ts';
import { timestamp } from '../api/time.ts';
import type { Requests } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';

const kind = 'CustomResourceDefinition';
const isDefinition = (name: string): boolean => name === kind;

export const namingController = (): Controller => ({
  name: 'crd-naming-controller',
  watches: [],
  watchesEvery: isDefinition,
  keysFor({ object }, { queue, view }) {
    // Names that one gives up may be what another waits for.
    const { group } = (object as CustomResourceDefinition).spec;
    for (const { metadata } of view.by(kind, 'group', group)) queue.add(metadata.name);
  },
  reconcile: acceptNames,
});

export const establishingController = (): Controller => ({
  name: 'crd-establishing-controller',
  watches: [],
  watchesEvery: isDefinition,
  keysFor: ({ key }, { queue }) => queue.add(key),
  reconcile: establish,
});

function* acceptNames(key: Key, { view, now }: ControllerContext): Requests<Outcome> {
  const definition = view.get<CustomResourceDefinition>(kind, key);
  if (definition === undefined) return undefined;
  const others = view
    .by<CustomResourceDefinition>(kind, 'group', definition.spec.group)
    .filter(({ metadata }) => metadata.name !== definition.metadata.name);
  const { names, accepted } = decideNames(definition, others);
  const established: Condition = conditionOf(definition, 'Established') ?? {
    type: 'Established',
    status: 'False',
    reason: 'NotAccepted',
    message: 'not all names are accepted',
  };
  const installing =
    accepted.status === 'True' && established.status !== 'True'
      ? {
          ...established,
          reason: 'Installing',
          message: 'the initial names have been accepted',
        }
      : established;
  return yield* write(definition, [accepted, installing], names, now);
}

/** Which names it has, and why not all of those that it wants. */
export function decideNames(
  { spec, status }: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
): { readonly names: Partial<Names>; readonly accepted: Condition } {
  const taken = others.map(({ status: { acceptedNames = {} } }) => acceptedNames);
  const resources = new Set(
    taken.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames]),
  );
  const kinds = new Set(taken.flatMap(({ kind: one, listKind }) => [one, listKind]));
  const wanted = spec.names;
  const conflicts: { readonly reason: string; readonly message: string }[] = [];
  const free = (name: string | undefined, used: ReadonlySet<unknown>, reason: string): boolean => {
    if (name === undefined || name === '' || !used.has(name)) return true;
    conflicts.push({ reason, message: `${JSON.stringify(name)} is already in use` });
    return false;
  };
  const before = status?.acceptedNames ?? {};
  const names: Partial<Names> = {
    plural: free(wanted.plural, resources, 'PluralConflict')
      ? wanted.plural
      : (before.plural ?? ''),
    ...(free(wanted.singular, resources, 'SingularConflict')
      ? optional('singular', wanted.singular)
      : optional('singular', before.singular)),
    ...((wanted.shortNames ?? []).every((name) => free(name, resources, 'ShortNamesConflict'))
      ? optional('shortNames', wanted.shortNames)
      : optional('shortNames', before.shortNames)),
    kind: free(wanted.kind, kinds, 'KindConflict') ? wanted.kind : (before.kind ?? ''),
    ...(free(wanted.listKind, kinds, 'ListKindConflict')
      ? optional('listKind', wanted.listKind)
      : optional('listKind', before.listKind)),
    ...optional('categories', wanted.categories),
  };
  const worst = conflicts.at(-1);
  const accepted: Condition =
    worst === undefined
      ? {
          type: 'NamesAccepted',
          status: 'True',
          reason: 'NoConflicts',
          message: 'no conflicts found',
        }
      : { type: 'NamesAccepted', status: 'False', ...worst };
  return { names, accepted };
}

const optional = (name: string, value: unknown): object =>
  value === undefined ? {} : { [name]: value };

function* establish(key: Key, { view, now }: ControllerContext): Requests<Outcome> {
  const definition = view.get<CustomResourceDefinition>(kind, key);
  if (definition === undefined) return undefined;
  if (conditionOf(definition, 'NamesAccepted')?.status !== 'True') return undefined;
  if (conditionOf(definition, 'Established')?.status === 'True') return undefined;
  const established: Condition = {
    type: 'Established',
    status: 'True',
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  };
  return yield* write(definition, [established], definition.status.acceptedNames ?? {}, now);
}

/** Writes the status, unless it says so already. */
function* write(
  definition: CustomResourceDefinition,
  changed: readonly Condition[],
  acceptedNames: Partial<Names>,
  now: number,
): Requests<Outcome> {
  const conditions = changed.reduce(
    (list, condition) => withCondition(list, condition, now),
    definition.status.conditions ?? [],
  );
  const status = { ...definition.status, acceptedNames, conditions };
  if (deepEqual(status, definition.status)) return undefined;
  const object = { ...definition, status };
  const written = yield* call({ verb: 'update', kind, subresource: 'status', object });
  if (written.ok || ['NotFound', 'Conflict'].includes(written.status.reason)) return undefined;
  return { error: written.status.message };
}

/** The conditions with one of them set; since when it stands is kept while it says the same. */
export function withCondition(
  conditions: readonly Condition[],
  { type, status, ...told }: Condition,
  now: number,
): readonly Condition[] {
  const at = conditions.findIndex((condition) => condition.type === type);
  const before = conditions[at];
  const since = before?.status === status ? before.lastTransitionTime : undefined;
  const { reason, message } = told;
  const next: Condition = {
    type,
    status,
    lastTransitionTime: since ?? timestamp(now),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
  return at < 0 ? [...conditions, next] : conditions.with(at, next);
}
