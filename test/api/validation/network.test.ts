/** NetworkPolicies, Ingresses and their classes (upstream's pkg/apis/networking/validation). */
import { suite } from 'uvu';
import { subdomainRule } from '../../../src/api/validation/names.ts';
import { refuses, refusesUpdate } from './table.ts';

const test = suite('validation of networking');

const port = 'must be between 1 and 65535, inclusive';

test('[api-06] a NetworkPolicy says which peers at which ports', () => {
  const peer = 'spec.ingress[0].from[0]';
  const right = {
    spec: {
      podSelector: { matchLabels: { a: 'b' } },
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }],
    },
  };
  const from = (one: object) => ({ 'spec/ingress/0/from/0': one });
  const at = (one: object) => ({ 'spec/ingress/0/ports/0': one });
  refuses('NetworkPolicy', right, [
    [from({}), `${peer}: Required value: must specify a peer`],
    [
      from({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
      `${peer}: Forbidden: may not specify both ipBlock and another peer`,
    ],
    [from({ ipBlock: {} }), `${peer}.ipBlock.cidr: Required value`],
    [
      from({ ipBlock: { cidr: '10.0.0.0/33' } }),
      `${peer}.ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
    ],
    [
      from({ ipBlock: { cidr: '10.0.0.1/8' } }),
      `${peer}.ipBlock.cidr: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length`,
    ],
    [
      from({ ipBlock: { cidr: '010.0.0.0/8' } }),
      `${peer}.ipBlock.cidr: Invalid value: "010.0.0.0/8": must not have leading 0s in IP or prefix length`,
    ],
    [
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }),
      `${peer}.ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\``,
    ],
    [
      from({ ipBlock: { cidr: '2001:db8::/64', except: ['2001:db8::/64'] } }),
      `${peer}.ipBlock.except[0]: Invalid value: "2001:db8::/64": must be a strict subset of \`cidr\``,
    ],
    [
      at({ port: 80, protocol: 'ICMP' }),
      'spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"',
    ],
    [
      at({ port: 80, endPort: 79 }),
      'spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`',
    ],
    [
      at({ port: 'http', endPort: 79 }),
      'spec.ingress[0].ports[0].endPort: Invalid value: 79: may not be specified when `port` is non-numeric',
    ],
    [
      at({ endPort: 79 }),
      'spec.ingress[0].ports[0].endPort: Invalid value: 79: may not be specified when `port` is not specified',
    ],
    [at({ port: 65_536 }), `spec.ingress[0].ports[0].port: Invalid value: 65536: ${port}`],
    [
      { 'spec/policyTypes': ['Foo'] },
      'spec.policyTypes[0]: Unsupported value: "Foo": supported values: "Ingress", "Egress"',
    ],
    [
      { 'spec/policyTypes': ['Ingress', 'Egress', 'Ingress'] },
      'spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes',
    ],
  ]);
});

const backend = { service: { name: 'web', port: { number: 80 } } };
const ingress = {
  spec: {
    rules: [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
  },
};

test('[api-06] an Ingress leads hosts and paths to backends', () => {
  const path = 'spec.rules[0].http.paths[0]';
  const at = (one: object) => ({
    'spec/rules/0/http/paths/0': { path: '/', pathType: 'Prefix', backend, ...one },
  });
  refuses('Ingress', ingress, [
    [
      { 'spec/rules/0/host': '10.0.0.1' },
      'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
    ],
    [{ 'spec/rules/0/host': 'A_b' }, `spec.rules[0].host: Invalid value: "A_b": ${subdomainRule}`],
    [{ 'spec/rules/0/http/paths': [] }, 'spec.rules[0].http.paths: Required value'],
    [at({ pathType: undefined }), `${path}.pathType: Required value: pathType must be specified`],
    [
      at({ pathType: 'Foo' }),
      `${path}.pathType: Unsupported value: "Foo": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
    ],
    [at({ path: 'a' }), `${path}.path: Invalid value: "a": must be an absolute path`],
    [at({ path: '/a//b' }), `${path}.path: Invalid value: "/a//b": must not contain '//'`],
    [at({ path: '/a/..' }), `${path}.path: Invalid value: "/a/..": cannot end with '/..'`],
    [
      at({ backend: {} }),
      `${path}.backend: Invalid value: "": resource or service backend is required`,
    ],
    [
      at({ backend: { service: { name: '' } } }),
      `${path}.backend.service.name: Required value`,
      `${path}.backend: Required value: port name or number is required`,
    ],
    [
      at({ backend: { service: { name: 'web', port: { name: 'a', number: 80 } } } }),
      `${path}.backend: Invalid value: "": cannot set both port name & port number`,
    ],
    [
      at({ backend: { service: { name: 'web', port: { number: 70_000 } } } }),
      `${path}.backend.service.port.number: Invalid value: 70000: ${port}`,
    ],
    [
      at({ backend: { resource: { kind: 'Bucket' } } }),
      `${path}.backend.resource.name: Required value`,
    ],
    [
      { 'spec/tls': [{ hosts: ['*.example'], secretName: 'A' }] },
      `spec.tls[0].secretName: Invalid value: "A": ${subdomainRule}`,
    ],
    [
      {
        'metadata/annotations': { 'kubernetes.io/ingress.class': 'a' },
        'spec/ingressClassName': 'b',
      },
      'annotations.kubernetes.io/ingress.class: Invalid value: "a": must match `ingressClassName` when both are specified',
    ],
  ]);
  refusesUpdate(
    'Ingress',
    ingress,
    [
      [
        { status: { loadBalancer: { ingress: [{ ip: 'x' }, { hostname: '1.2.3.4' }] } } },
        'status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'status.loadBalancer.ingress[1].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      ],
    ],
    'status',
  );
});

test('[api-06] an IngressClass has a controller for good', () => {
  const right = { spec: { controller: 'acme.io/foo' } };
  const parameters = { kind: 'Config', name: 'c' };
  refuses('IngressClass', right, [
    [{ 'spec/controller': undefined }, 'spec.controller: Required value'],
    [
      { 'spec/controller': 'acme' },
      'spec.controller: Invalid value: "acme": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    [
      { 'spec/parameters': { ...parameters, scope: 'Namespace' } },
      "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
    ],
    [
      { 'spec/parameters': { ...parameters, namespace: 'a' } },
      "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'",
    ],
    [
      { 'spec/parameters': { ...parameters, scope: 'Foo' } },
      'spec.parameters.scope: Unsupported value: "Foo": supported values: "Cluster", "Namespace"',
    ],
    [
      { 'spec/parameters': { scope: 'Cluster', kind: 'a' } },
      'spec.parameters.name: Required value',
    ],
  ]);
  refusesUpdate('IngressClass', right, [
    [
      { 'spec/controller': 'acme.io/bar' },
      'spec.controller: Invalid value: "acme.io/bar": field is immutable',
    ],
  ]);
});

test.run();
