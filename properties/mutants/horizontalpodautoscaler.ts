/** Published bugs of autoscalers. */
import type { Mutant } from './mutant.ts';

const family = 'horizontalpodautoscaler';
const folder = 'src/controllers/horizontalpodautoscaler';

export const horizontalPodAutoscalerMutants: readonly Mutant[] = [
  {
    id: 'H1',
    family,
    source: 'k/k#78761, k/k#112011',
    about: 'selects Pods by labels and asks not who else does: two autoscalers size one target',
    patches: [
      {
        file: `${folder}/selection.ts`,
        text: 'if (rivals.length <= 1) return',
        replacement: 'if (rivals.length <= 99) return',
      },
    ],
    killedBy: ['H-S4'],
  },
  {
    id: 'H3',
    family,
    source: 'unpublished',
    about: 'Pods that are not measured are taken for idle, whichever way it goes',
    patches: [
      {
        file: `${folder}/replicas.ts`,
        text: '? Math.trunc(((requests.get(name) ?? 0) * Math.max(100, target)) / 100)',
        replacement: '? 0',
      },
    ],
    killedBy: ['H-S3'],
  },
  {
    id: 'H4',
    family,
    source: 'stabilization contract',
    about: 'follows every recommendation at once: it goes down and up with the noise',
    patches: [
      {
        file: `${folder}/stabilize.ts`,
        text: 'export const defaultWindowSeconds = 300;',
        replacement: 'export const defaultWindowSeconds = 0;',
      },
    ],
    killedBy: ['H-S2'],
  },
  {
    id: 'H5',
    family,
    source: 'k/k#25238, k/k#67135, superset-operator#152',
    about: 'the owner of the target sets the size that it began with, whenever it looks',
    patches: [
      {
        file: 'properties/operators/web.ts',
        text: 'if (imageOf(found) === image) return undefined;',
        replacement:
          'if (imageOf(found) === image && found.spec.replicas === size) return undefined;',
      },
      {
        file: 'properties/operators/web.ts',
        text: 'const patch = { spec: { template: templateOf(image) } };',
        replacement: 'const patch = { spec: { replicas: size, template: templateOf(image) } };',
      },
    ],
    killedBy: ['U-S6', 'G13', 'H-L1'],
  },
  {
    id: 'H6',
    family,
    source: 'k/k#139025',
    about: 'takes the size from a cache, and sets it whatever it is by now: it resizes twice',
    patches: [
      {
        file: `${folder}/look.ts`,
        text: '    return scale.ok ? scale.object : { error:',
        replacement:
          "    const old = this.#context.view.get<Scale>(kind, [namespace, name].join('/'));\n    const { resourceVersion: _, ...unversioned } = scale.ok ? scale.object.metadata : metadata;\n    if (scale.ok && old !== undefined) return { ...scale.object, metadata: unversioned as never, spec: { replicas: old.spec.replicas ?? 0 } };\n    return scale.ok ? scale.object : { error:",
      },
    ],
    killedBy: ['H-S1', 'H-S2'],
  },
];
