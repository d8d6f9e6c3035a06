/** What Services are refused for, in the words of 1.36 (api-06 §2, §3). */
import { suite } from 'uvu';
import { refuses, refusesUpdate } from './table.ts';

const test = suite('validation of Services');

const plain = { spec: { selector: { a: 'b' }, ports: [{ port: 80 }] } };

test('[api-06] addresses fit each other and their families', () => {
  refuses('Service', plain, [
    [
      { 'spec/clusterIPs': ['10.96.0.9'] },
      'spec.clusterIPs: Invalid value: ["10.96.0.9"]: must be empty when `clusterIP` is not specified',
    ],
    [
      { 'spec/clusterIP': '10.96.0.9', 'spec/clusterIPs': ['10.96.0.8'] },
      'spec.clusterIPs: Invalid value: ["10.96.0.8"]: first value must match `clusterIP`',
    ],
    [
      { 'spec/clusterIP': 'None', 'spec/clusterIPs': ['None', '10.96.0.8'] },
      'spec.clusterIPs: Invalid value: ["None","10.96.0.8"]: \'None\' must be the first and only value',
    ],
    [
      { 'spec/clusterIP': '10.96.0.9', 'spec/clusterIPs': ['10.96.0.9', '10.96.0.8'] },
      'spec.clusterIPs: Invalid value: ["10.96.0.9","10.96.0.8"]: may specify no more than one IP for each IP family',
    ],
    [
      { 'spec/clusterIP': '10.96.0.9', 'spec/ipFamilies': ['IPv6'] },
      'spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ],
    [
      { 'spec/ipFamilies': ['IPv4', 'IPv4'], 'spec/ipFamilyPolicy': 'Both', 'spec/ports': [] },
      'spec.ipFamilies[1]: Duplicate value: "IPv4"',
      'spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
    ],
  ]);
});

test('[api-06] what is only for load balancers, or for what is reached from outside', () => {
  const only = "Forbidden: may only be used when `type` is 'LoadBalancer'";
  refuses('Service', plain, [
    [{ 'spec/loadBalancerSourceRanges': ['10.0.0.0/8'] }, `spec.LoadBalancerSourceRanges: ${only}`],
    [
      { 'spec/type': 'LoadBalancer', 'spec/loadBalancerSourceRanges': ['10.0.0.0'] },
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      { 'spec/allocateLoadBalancerNodePorts': false },
      `spec.allocateLoadBalancerNodePorts: ${only}`,
    ],
    [{ 'spec/loadBalancerClass': 'a/b' }, `spec.loadBalancerClass: ${only}`],
    [
      { 'spec/externalTrafficPolicy': 'Local' },
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [
      { 'spec/type': 'NodePort', 'spec/healthCheckNodePort': 30100 },
      "spec.healthCheckNodePort: Invalid value: 30100: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
    [
      { 'spec/type': 'LoadBalancer', 'spec/ports': [{ port: 10250 }] },
      'spec.ports[0].port: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet',
    ],
    [
      { 'spec/trafficDistribution': 'Near' },
      'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
    [
      { 'spec/externalIPs': ['127.0.0.1'] },
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
  ]);
});

test('[api-06] names, protocols of applications, and annotations that contradict', () => {
  refuses('Service', plain, [
    [
      {
        'spec/type': 'ExternalName',
        'spec/clusterIP': 'None',
        'spec/ipFamilyPolicy': 'SingleStack',
      },
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
      'spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services',
      'spec.externalName: Required value',
    ],
    [
      { 'spec/ports/0/appProtocol': '' },
      'spec.ports[0].appProtocol: Invalid value: "": name part must be non-empty',
      "spec.ports[0].appProtocol: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      {
        'metadata/annotations': {
          'service.kubernetes.io/topology-mode': 'Auto',
          'service.kubernetes.io/topology-aware-hints': 'disabled',
        },
      },
      'metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Auto": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified',
    ],
  ]);
});

test('[api-06] what an update keeps', () => {
  const balanced = {
    spec: {
      ...plain.spec,
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30100,
    },
  };
  refusesUpdate('Service', balanced, [
    [
      { 'spec/loadBalancerClass': 'a/b' },
      'spec.loadBalancerClass: Invalid value: "a/b": may not change once set',
    ],
    [
      { 'spec/healthCheckNodePort': 30101 },
      'spec.healthCheckNodePort: Forbidden: field is immutable',
    ],
    [{ 'spec/externalTrafficPolicy': 'Cluster' }],
    [{ 'spec/type': 'ClusterIP', 'spec/externalTrafficPolicy': 'Local' }],
    [{ 'spec/healthCheckNodePort': undefined }],
  ]);
});

test('[api-06] where a load balancer takes traffic', () => {
  const balanced = { spec: { ...plain.spec, type: 'LoadBalancer' } };
  refusesUpdate(
    'Service',
    balanced,
    [
      [
        { 'status/loadBalancer/ingress': [{ ip: 'x' }, { hostname: '1.2.3.4', ipMode: 'VIP' }] },
        'status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'status.loadBalancer.ingress[1].ipMode: Forbidden: may not be specified when `ip` is not set',
        'status.loadBalancer.ingress[1].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      ],
      [
        { 'status/loadBalancer/ingress': [{ ip: '1.2.3.4', ipMode: 'Fast' }] },
        'status.loadBalancer.ingress[0].ipMode: Unsupported value: "Fast": supported values: "Proxy", "VIP"',
      ],
      [{ 'status/loadBalancer/ingress': [{ ip: '1.2.3.4' }] }],
    ],
    'status',
  );
  refusesUpdate(
    'Service',
    plain,
    [
      [
        { 'status/loadBalancer/ingress': [{ ip: '1.2.3.4' }] },
        "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
      ],
    ],
    'status',
  );
});

test.run();
