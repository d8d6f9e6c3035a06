/** `pluginConfig`: the arguments of plugins, and what upstream's validation refuses of them. */
import { UsageError } from '../../errors.ts';
import type { Args } from '../profile.ts';
import { defined, Reader } from './fields.ts';

const apiVersion = 'kubescheduler.config.k8s.io/v1';

interface ArgsOf {
  readonly fields: readonly string[];
  read(args: Reader): Args;
}

const resources = (args: Reader) =>
  args.each('resources', ['name', 'weight'], (one) => {
    const name = one.text('name');
    if (!name) throw one.mistake('name', 'is not set; expected a resource, as cpu');
    return defined({ name, weight: one.integer('weight', 0, 100) });
  });

const known: Readonly<Record<string, ArgsOf>> = {
  DefaultPreemption: {
    fields: ['minCandidateNodesPercentage', 'minCandidateNodesAbsolute'],
    read(args) {
      const percentage = args.integer('minCandidateNodesPercentage', 0, 100);
      const absolute = args.integer('minCandidateNodesAbsolute', 0);
      if (percentage === 0 && absolute === 0) {
        throw args.mistake(
          'minCandidateNodesPercentage',
          'cannot be zero at the same time as minCandidateNodesAbsolute',
        );
      }
      return defined({
        minCandidateNodesPercentage: percentage,
        minCandidateNodesAbsolute: absolute,
      });
    },
  },
  InterPodAffinity: {
    fields: ['hardPodAffinityWeight', 'ignorePreferredTermsOfExistingPods'],
    read: (args) =>
      defined({
        hardPodAffinityWeight: args.integer('hardPodAffinityWeight', 0, 100),
        ignorePreferredTermsOfExistingPods: args.flag('ignorePreferredTermsOfExistingPods'),
      }),
  },
  NodeAffinity: {
    fields: ['addedAffinity'],
    read(args) {
      const name = 'addedAffinity';
      const kinds = ['required', 'preferred'].map(
        (how) => `${how}DuringSchedulingIgnoredDuringExecution`,
      );
      const affinity = new Reader(args.raw(name), kinds, args.at(name));
      const terms = new Reader(
        affinity.raw(kinds[0]!),
        ['nodeSelectorTerms'],
        affinity.at(kinds[0]!),
      );
      const term = ['matchExpressions', 'matchFields'];
      terms.each('nodeSelectorTerms', term, selectorTerm);
      affinity.each(kinds[1]!, ['weight', 'preference'], (one) => {
        one.integer('weight', 1, 100);
        selectorTerm(new Reader(one.raw('preference'), term, one.at('preference')));
      });
      return defined({ addedAffinity: args.raw(name) });
    },
  },
  NodeResourcesFit: {
    fields: ['ignoredResources', 'ignoredResourceGroups', 'scoringStrategy'],
    read(args) {
      const groups = args.texts('ignoredResourceGroups');
      for (const group of groups ?? []) {
        if (group.includes('/')) {
          throw args.mistake('ignoredResourceGroups', `${group}: a group has no /`);
        }
      }
      return defined({
        ignoredResources: args.texts('ignoredResources'),
        ignoredResourceGroups: groups,
        scoringStrategy: args.raw('scoringStrategy') && strategy(args),
      });
    },
  },
  NodeResourcesBalancedAllocation: {
    fields: ['resources'],
    read: (args) => defined({ resources: resources(args) }),
  },
  PodTopologySpread: {
    fields: ['defaultConstraints', 'defaultingType'],
    read(args) {
      const defaultingType = args.oneOf('defaultingType', ['System', 'List']);
      const constraints = args.each('defaultConstraints', constraintFields, (one) => {
        if (one.raw('labelSelector') !== undefined) {
          throw one.mistake(
            'labelSelector',
            'constraint must not define a selector, as they deduced for each pod',
          );
        }
        const maxSkew = one.integer('maxSkew', 1);
        const topologyKey = one.text('topologyKey');
        const whenUnsatisfiable = one.oneOf('whenUnsatisfiable', [
          'DoNotSchedule',
          'ScheduleAnyway',
        ]);
        if (maxSkew === undefined) throw one.mistake('maxSkew', 'is not set');
        if (!topologyKey) throw one.mistake('topologyKey', 'can not be empty');
        if (whenUnsatisfiable === undefined) throw one.mistake('whenUnsatisfiable', 'is not set');
        return defined({
          maxSkew,
          topologyKey,
          whenUnsatisfiable,
          minDomains: one.integer('minDomains', 1),
        });
      });
      if (defaultingType !== 'List' && (constraints ?? []).length > 0) {
        throw args.mistake('defaultConstraints', 'only with defaultingType List');
      }
      return defined({ defaultingType, defaultConstraints: constraints });
    },
  },
  VolumeBinding: {
    fields: ['bindTimeoutSeconds'],
    read: (args) => defined({ bindTimeoutSeconds: args.integer('bindTimeoutSeconds', 0) }),
  },
};

const constraintFields = [
  'maxSkew',
  'topologyKey',
  'whenUnsatisfiable',
  'minDomains',
  'labelSelector',
];

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

function selectorTerm(term: Reader): void {
  for (const name of ['matchExpressions', 'matchFields']) {
    term.each(name, ['key', 'operator', 'values'], (one) => {
      if (!one.text('key')) throw one.mistake('key', 'is not set');
      if (one.oneOf('operator', operators) === undefined)
        throw one.mistake('operator', 'is not set');
      one.texts('values');
    });
  }
}

function strategy(args: Reader): Args {
  const fields = ['type', 'resources', 'requestedToCapacityRatio'];
  const one = new Reader(args.raw('scoringStrategy'), fields, args.at('scoringStrategy'));
  const types = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'] as const;
  const type = one.oneOf('type', types) ?? 'LeastAllocated';
  const name = 'requestedToCapacityRatio';
  const ratio = new Reader(one.raw(name), ['shape'], one.at(name));
  let last = -1;
  const shape = ratio.each('shape', ['utilization', 'score'], (point) => {
    const [utilization, score] = [
      point.integer('utilization', 0, 100),
      point.integer('score', 0, 10),
    ];
    if (utilization === undefined) throw point.mistake('utilization', 'is not set');
    if (utilization <= last)
      throw point.mistake('utilization', 'utilization values must be sorted in increasing order');
    last = utilization;
    return { utilization, score: score ?? 0 };
  });
  if (type === 'RequestedToCapacityRatio' && (shape ?? []).length === 0) {
    throw ratio.mistake('shape', 'at least one point must be specified');
  }
  return defined({
    type,
    resources: resources(one),
    ...(shape === undefined ? {} : { requestedToCapacityRatio: { shape } }),
  });
}

/** Arguments by plugin. */
export function argsOf(
  profile: Reader,
  plugins: readonly string[],
): Readonly<Record<string, Args>> {
  const found: Record<string, Args> = {};
  profile.each('pluginConfig', ['name', 'args'], (one) => {
    const name = one.text('name');
    if (name === undefined || !plugins.includes(name)) {
      throw one.mistake(
        'name',
        `${name ?? 'is not set'}: no such plugin; known are ${plugins.join(', ')}`,
      );
    }
    if (name in found) throw one.mistake('name', `repeated config for plugin ${name}`);
    const { fields = [], read } = known[name] ?? {};
    const args = new Reader(one.raw('args'), ['apiVersion', 'kind', ...fields], one.at('args'));
    const [version, kind] = [args.text('apiVersion'), args.text('kind')];
    if (version !== undefined && version !== apiVersion) {
      throw new UsageError(`${args.where}.apiVersion: expected ${apiVersion}, not ${version}`);
    }
    if (kind !== undefined && kind !== `${name}Args`) {
      throw new UsageError(`${args.where}.kind: expected ${name}Args, not ${kind}`);
    }
    found[name] = read?.(args) ?? {};
  });
  return found;
}
