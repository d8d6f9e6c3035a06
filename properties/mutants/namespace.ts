/** Published bugs of the deletion of namespaces. */
import type { Mutant } from './mutant.ts';

export const namespaceMutants: readonly Mutant[] = [
  {
    id: 'NS1',
    family: 'namespace',
    source: 'k/k#19317, #73186',
    about: 'whether anything is left is decided by a cache: what it does not show yet stays behind',
    patches: [
      {
        file: 'src/controllers/namespace.ts',
        text: 'yield* emptied({ namespace: key, passed });',
        replacement: 'yield* emptied({ namespace: key, passed }, context.view);',
      },
      {
        file: 'src/controllers/namespace/content.ts',
        text: 'export function* emptied(doomed: Doomed)',
        replacement: 'export function* emptied(doomed: Doomed, view: any)',
      },
      {
        file: 'src/controllers/namespace/content.ts',
        text: 'yield* emptiedOf(kind, doomed);',
        replacement: 'yield* emptiedOf(kind, doomed, view);',
      },
      {
        file: 'src/controllers/namespace/content.ts',
        text: 'function* emptiedOf(kind: Kind, { namespace, passed }: Doomed)',
        replacement: 'function* emptiedOf(kind: Kind, { namespace, passed }: Doomed, view: any)',
      },
      {
        file: 'src/controllers/namespace/content.ts',
        text: '  const { items } = rest.list as ObjectList;',
        replacement: "  const items = view.by(own.kind, 'namespace', namespace);",
      },
    ],
    killedBy: ['NS-S1'],
  },
  {
    id: 'NS1-admission',
    family: 'namespace',
    source: 'k/k#84109',
    about: 'things are still created in a namespace that is being deleted',
    patches: [
      {
        file: 'src/apiserver/admission/namespace.ts',
        text: 'if (found.metadata.deletionTimestamp === undefined) return undefined;',
        replacement: 'if (found.status.phase !== undefined) return undefined;',
      },
    ],
    killedBy: ['NS-S1'],
  },
];
