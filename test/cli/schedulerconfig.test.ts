/** `--scheduler-config`: two profiles decide differently, a log plays again, mistakes are one line. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cli, example } from './cli.ts';

const test = suite('scheduler configuration');
const cli = new Cli();
test.after(() => cli.end());

const head = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

const twoProfiles = `${head}podInitialBackoffSeconds: 3
podMaxBackoffSeconds: 3
profiles:
  - schedulerName: default-scheduler
  - schedulerName: packer
    plugins:
      multiPoint:
        disabled: [{name: ImageLocality}, {name: TaintToleration}]
      score:
        disabled: [{name: NodeResourcesBalancedAllocation}]
        enabled: [{name: NodeResourcesFit, weight: 5}]
    pluginConfig:
      - name: NodeResourcesFit
        args:
          apiVersion: kubescheduler.config.k8s.io/v1
          kind: NodeResourcesFitArgs
          scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 1}]}
`;

const pod = (name: string, spec: string): string => `
  - create: |
      apiVersion: v1
      kind: Pod
      metadata: {name: ${name}}
      spec: {${spec} containers: [{name: c, image: "i:1", resources: {requests: {cpu: "1"}}}]}
  - settle`;

const scenario = `nodes:
  - {name: n1, cpu: "4"}
  - {name: n2, cpu: "4"}
  - {name: n3, cpu: "4", taints: [{key: a, value: b, effect: NoSchedule}]}
steps:${pod('first', '')}${pod('spread', '')}${pod('packed', 'schedulerName: packer,')}${pod('other', 'schedulerName: nobody,')}
`;

test('two profiles: one spreads, the other packs, with its own plugins and weights', () => {
  const files = [cli.file('s.yaml', scenario), cli.file('two.yaml', twoProfiles)] as const;
  cli.run(['run', files[0], '--scheduler-config', files[1], '--log', 'two.jsonl', '-o', 'none']);
  const table = (name: string) => cli.ok('why', `pod/${name}`, 'two.jsonl', '-o', 'table');
  const [first, spread, packed] = ['first', 'spread', 'packed'].map(table) as [
    string,
    string,
    string,
  ];
  const node = (text: string) => /: (n\d) \(attempt 1 of (\S+),/.exec(text)!.slice(1);
  assert.equal(
    [node(first), node(spread)],
    [
      ['n1', 'default-scheduler'],
      ['n2', 'default-scheduler'],
    ],
  );
  const [where, who] = node(packed);
  assert.is(who, 'packer');
  assert.match(packed, /NodeResourcesFit +×5 /);
  assert.not.match(packed, /ImageLocality|TaintToleration|BalancedAllocation/);
  assert.ok(where, 'a tainted node would do, too');
  assert.match(packed, / Success/);
  assert.match(spread, /NodeResourcesFit +×1 /);
  assert.match(cli.ok('why', '--pending', 'two.jsonl'), /default\/other: .* it asks for nobody/);
  assert.match(cli.ok('replay', 'two.jsonl', '--verify'), /^verified/);
});

test('the packer fills the fuller node, and the tainted one is open to it', () => {
  const steps = `nodes:
  - {name: n1, cpu: "4"}
  - {name: n2, cpu: "4"}
  - {name: n3, cpu: "4", taints: [{key: a, value: b, effect: NoSchedule}]}
steps:${['a', 'b', 'c', 'd', 'e'].map((name) => pod(name, 'schedulerName: packer,')).join('')}
`;
  cli.run([
    'run',
    cli.file('p.yaml', steps),
    '--scheduler-config',
    cli.file('two.yaml', twoProfiles),
    '--log',
    'p.jsonl',
    '-o',
    'none',
  ]);
  const nodes = ['a', 'b', 'c', 'd', 'e'].map(
    (name) => /: (n\d) \(/.exec(cli.ok('why', `pod/${name}`, 'p.jsonl', '-o', 'table'))![1],
  );
  assert.is(new Set(nodes.slice(0, 4)).size, 1, nodes.join());
  assert.match(cli.ok('why', 'pod/a', 'p.jsonl', '-o', 'table'), /n1, n2, n3 +Success/);
});

test('mistakes are one line that says where', () => {
  const profile = (text: string) => `${head}profiles:\n  - ${text}\n`;
  const cases: readonly (readonly [string, RegExp])[] = [
    ['apiVersion: v1\nkind: Pod\n', /unknown|apiVersion: expected kubescheduler/],
    [head.replace('/v1', '/v1beta3'), /apiVersion: expected kubescheduler.config.k8s.io\/v1$/],
    [
      `${head}percentageOfNodesToScore: 101\n`,
      /percentageOfNodesToScore: expected .* 0 to 100, not 101/,
    ],
    [`${head}podInitialBackoffSeconds: 0\n`, /podInitialBackoffSeconds: .* at least 1, not 0/],
    [
      `${head}podInitialBackoffSeconds: 20\n`,
      /podMaxBackoffSeconds: must be greater than or equal/,
    ],
    [`${head}profile: []\n`, /unknown field "profile"; did you mean profiles\?/],
    [`${head}extenders: [{urlPrefix: x}]\n`, /extenders: are not called here/],
    [
      `${head}profiles: [{schedulerName: a}, {schedulerName: a}]\n`,
      /profiles\[1\]\.schedulerName: a is there/,
    ],
    [`${head}profiles: [{schedulerName: a}, {}]\n`, /profiles\[1\]\.schedulerName: is not set/],
    [
      profile('plugins: {score: {enabled: [{name: ImageLocalty}]}}'),
      /enabled\[0\]\.name: ImageLocalty: no such plugin; did you mean ImageLocality\?/,
    ],
    [
      profile('plugins: {filter: {enabled: [{name: ImageLocality}]}}'),
      /ImageLocality has no part in filter/,
    ],
    [
      profile('plugins: {bind: {disabled: [{name: "*"}]}}'),
      /plugins\.bind: a profile needs DefaultBinder/,
    ],
    [
      profile('plugins: {preFilter: {disabled: [{name: NodePorts}]}}'),
      /preFilter: NodePorts cannot filter without it/,
    ],
    [
      profile('pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Most}}}]'),
      /pluginConfig\[0\]\.args\.scoringStrategy\.type: expected LeastAllocated or/,
    ],
    [
      profile('pluginConfig: [{name: InterPodAffinity, args: {hardPodAffinityWeight: 101}}]'),
      /from 0 to 100, not 101/,
    ],
    [
      profile(
        'pluginConfig: [{name: PodTopologySpread, args: {defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}]}}]',
      ),
      /only with defaultingType List/,
    ],
    ['{', /expected YAML|expected/],
  ];
  for (const [text, message] of cases) {
    const file = cli.file('bad.yaml', text);
    const told = cli.refused('run', example, '--scheduler-config', file);
    assert.match(told, /^bad\.yaml/);
    assert.match(told, message);
  }
  for (const command of ['check', 'up']) {
    assert.match(cli.refused(command, '--scheduler-config', 'bad.yaml'), /^bad\.yaml/);
  }
  assert.match(
    cli.refused('up', '--scheduler-config', 'nowhere.yaml'),
    /nowhere\.yaml: no such file/,
  );
});

test.run();
