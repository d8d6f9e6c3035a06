/** What the authors of other kinds than Pods and workloads are warned of (api-02 §6). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, Wire } from './wire.ts';

const test = suite('warnings kind by kind');

let wire: Wire;
test.before(async () => {
  wire = await Wire.up();
});
test.after(() => wire.end());

async function ask(method: string, path: string, body: unknown) {
  const answered = await wire.ask(method, path, { body });
  assert.is(answered.code, 201, JSON.stringify(answered.body));
  const warnings = (answered.headers.get('warning') ?? '')
    .split(/, (?=299)/)
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text.replace(/^299 - /, '')) as string);
  return { warnings, body: answered.body as Any };
}

const pods = '/api/v1/namespaces/default/pods?dryRun=All';

test('addresses that are not written as RFC 5952 has it', async () => {
  const pod = {
    metadata: { name: 'p' },
    spec: {
      containers: [{ name: 'c', image: 'i' }],
      dnsConfig: { nameservers: ['2001:DB8::0'] },
    },
  };
  assert.equal((await ask('POST', pods, pod)).warnings, [
    'spec.dnsConfig.nameservers[0]: IPv6 address "2001:DB8::0" should be in RFC 5952 canonical format ("2001:db8::")',
  ]);
  const policies = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies?dryRun=All';
  const from = [{ ipBlock: { cidr: '2001:DB8::/32', except: ['2001:db8:1::/48'] } }];
  const policy = { metadata: { name: 'n' }, spec: { podSelector: {}, ingress: [{ from }] } };
  assert.equal((await ask('POST', policies, policy)).warnings, [
    'spec.ingress[0].from[0].ipBlock.cidr: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")',
  ]);
  const spec = { ports: [{ port: 80 }], type: 'LoadBalancer', loadBalancerSourceRanges: ['::0/8'] };
  const services = '/api/v1/namespaces/default/services?dryRun=All';
  assert.equal((await ask('POST', services, { metadata: { name: 's' }, spec })).warnings, [
    'spec.loadBalancerSourceRanges[0]: IPv6 CIDR value "::0/8" should be in RFC 5952 canonical format ("::/8")',
  ]);
});

test('Ingresses, ServiceAccounts and nodes that say what nobody reads', async () => {
  const annotated = (name: string) => ({ name: 'x', annotations: { [name]: 'true' } });
  const backend = { service: { name: 's', port: { number: 80 } } };
  const ingresses = '/apis/networking.k8s.io/v1/namespaces/default/ingresses?dryRun=All';
  const ingress = {
    metadata: annotated('kubernetes.io/ingress.class'),
    spec: { defaultBackend: backend },
  };
  assert.equal((await ask('POST', ingresses, ingress)).warnings, [
    `annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`,
  ]);
  const accounts = '/api/v1/namespaces/default/serviceaccounts?dryRun=All';
  const metadata = annotated('kubernetes.io/enforce-mountable-secrets');
  assert.equal((await ask('POST', accounts, { metadata })).warnings, [
    'metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets',
  ]);
  const configSource = { configMap: { name: 'c', namespace: 'n', kubeletConfigKey: 'k' } };
  const node = { metadata: { name: 'x' }, spec: { externalID: 'i', configSource } };
  const made = await ask('POST', '/api/v1/nodes?dryRun=All', node);
  assert.equal(made.warnings, [
    'spec.externalID: this field is deprecated, and is unused by Kubernetes',
  ]);
  assert.is((made.body as { spec: typeof node.spec }).spec.configSource, undefined);
});

test('templates of their own, and old labels of nodes', async () => {
  const here = '/api/v1/namespaces/default';
  const port = { containerPort: 80 };
  const spec = { containers: [{ name: 'c', image: 'i', ports: [port, port] }] };
  const template = { metadata: { labels: { a: 'b' } }, spec };
  const own = { metadata: { name: 't' }, template };
  assert.equal((await ask('POST', `${here}/podtemplates?dryRun=All`, own)).warnings, [
    'template.spec.containers[0].ports[1]: duplicate port definition with template.spec.containers[0].ports[0]',
  ]);
  const old = { 'beta.kubernetes.io/os': 'linux' };
  const why = 'deprecated since v1.14; use "kubernetes.io/os" instead';
  const runtime = { metadata: { name: 'r' }, handler: 'h', scheduling: { nodeSelector: old } };
  const classes = '/apis/node.k8s.io/v1/runtimeclasses?dryRun=All';
  assert.equal((await ask('POST', classes, runtime)).warnings, [`scheduling.nodeSelector: ${why}`]);
  const topology = {
    metadata: { name: 'c' },
    storageClassName: 's',
    nodeTopology: { matchLabels: old },
  };
  const capacities = '/apis/storage.k8s.io/v1/namespaces/default/csistoragecapacities?dryRun=All';
  assert.equal((await ask('POST', capacities, topology)).warnings, [
    `nodeTopology.matchLabels.beta.kubernetes.io/os: ${why}`,
  ]);
});

test('EndpointSlices of names, and places in the words of an older version', async () => {
  const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?dryRun=All';
  const slice = (addressType: string, addresses: readonly string[], more: object = {}) => ({
    metadata: { name: 'x' },
    addressType,
    endpoints: [{ addresses, ...more }],
  });
  assert.equal((await ask('POST', slices, slice('FQDN', ['a.b']))).warnings, [
    'spec.addressType: FQDN endpoints are deprecated',
  ]);
  const placed = slice('IPv4', ['10.0.0.1'], { deprecatedTopology: { zone: 'a' } });
  const { body } = await ask('POST', slices, placed);
  assert.equal((body as typeof placed).endpoints, [{ addresses: ['10.0.0.1'], conditions: {} }]);
});

test.run();
