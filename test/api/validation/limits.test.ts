/** LimitRanges, ResourceQuotas and RuntimeClasses. */
import { suite } from 'uvu';
import { refuses, refusesUpdate } from './table.ts';

const test = suite('validation of limits');

test('[api-06] a LimitRange bounds each resource once, in order', () => {
  const right = { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { cpu: '1' } }] } };
  const item = (one: object) => ({ 'spec/limits/0': one });
  const cpu = (part: string) => `spec.limits[0].${part}[cpu]`;
  refuses('LimitRange', right, [
    [
      item({ type: 'Foo' }),
      'spec.limits[0].type: Invalid value: "Foo": must be a standard limit type or fully qualified',
    ],
    [
      { 'spec/limits': [{ type: 'Pod' }, { type: 'Pod' }] },
      'spec.limits[1].type: Duplicate value: "Pod"',
    ],
    [
      item({ type: 'Pod', default: { cpu: '1' } }),
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
    ],
    [
      item({ type: 'PersistentVolumeClaim' }),
      'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
    ],
    [
      item({ type: 'Pod', max: { cpu: '1' }, min: { cpu: '2' } }),
      `${cpu('min')}: Invalid value: "2": min value 2 is greater than max value 1`,
    ],
    [
      item({ type: 'Container', default: { cpu: '2' }, defaultRequest: { cpu: '3' } }),
      `${cpu('defaultRequest')}: Invalid value: "3": default request value 3 is greater than default limit value 2`,
    ],
    [
      item({ type: 'Pod', maxLimitRequestRatio: { cpu: '800m' } }),
      `${cpu('maxLimitRequestRatio')}: Invalid value: "800m": ratio 800m is less than 1`,
    ],
    [
      item({
        type: 'Pod',
        max: { cpu: '2' },
        min: { cpu: '1' },
        maxLimitRequestRatio: { cpu: '10' },
      }),
      `${cpu('maxLimitRequestRatio')}: Invalid value: "10": ratio 10 is greater than max/min = 2.000000`,
    ],
    [
      item({ type: 'Container', max: { foo: '1' } }),
      ...['max', 'default', 'defaultRequest'].flatMap((part) => [
        `spec.limits[0].${part}[foo]: Invalid value: "foo": must be a standard resource type or fully qualified`,
        `spec.limits[0].${part}[foo]: Invalid value: "foo": must be a standard resource for containers`,
      ]),
    ],
  ]);
});

test('[api-06] a ResourceQuota counts what can be counted, in scopes that do not change', () => {
  const right = {
    spec: { hard: { pods: '1', 'count/deployments.apps': '2' }, scopes: ['BestEffort'] },
  };
  refuses('ResourceQuota', right, [
    [
      { 'spec/hard': { foo: '1' } },
      'spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota',
    ],
    [
      { 'spec/hard': { pods: '-1' } },
      'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      { 'spec/hard': { pods: '1500m' } },
      'spec.hard[pods]: Invalid value: "1500m": must be an integer',
    ],
    [
      { 'spec/hard': { cpu: '1' } },
      'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
    ],
    [
      { 'spec/scopes': ['BestEffort', 'NotBestEffort'] },
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
    ],
    [{ 'spec/scopes': ['Foo'] }, 'spec.scopes: Invalid value: ["Foo"]: unsupported scope'],
    [
      {
        'spec/scopeSelector': {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }],
        },
      },
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ],
  ]);
  refusesUpdate('ResourceQuota', right, [
    [
      { 'spec/scopes': ['Terminating'] },
      'spec.scopes: Invalid value: ["Terminating"]: field is immutable',
    ],
  ]);
});

test('[api-06] a RuntimeClass has a handler for good', () => {
  const right = { handler: 'runc' };
  refuses('RuntimeClass', right, [
    [{ handler: 'a.b' }, 'handler: Invalid value: "a.b": must not contain dots'],
    [
      { overhead: { podFixed: { foo: '1' } } },
      'overhead.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'overhead.limits[foo]: Invalid value: "foo": must be a standard resource for containers',
    ],
    [
      { scheduling: { tolerations: [{ key: 'a', operator: 'Foo' }] } },
      'scheduling.tolerations[0].operator: Unsupported value: "Foo": supported values: "Equal", "Exists"',
    ],
  ]);
  refusesUpdate('RuntimeClass', right, [
    [{ handler: 'kata' }, 'handler: Invalid value: "kata": field is immutable'],
  ]);
});

test.run();
