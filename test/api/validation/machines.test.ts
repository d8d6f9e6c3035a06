/** What Nodes, Namespaces, volumes and the status of Pods are refused for, in the words of 1.36 (api-06). */
import { suite } from 'uvu';
import { subdomainRule } from '../../../src/api/validation/names.ts';
import { refuses, refusesUpdate } from './table.ts';

const test = suite('validation of machines and volumes');

const once = 'may specify no more than one CIDR for each IP family';

test('[api-06] taints, ranges and resources of a Node', () => {
  const right = {
    spec: { podCIDRs: ['10.0.0.0/24'], taints: [{ key: 'a', effect: 'NoSchedule' }] },
  };
  refuses('Node', right, [
    [{ 'spec/taints/0/effect': '' }, 'metadata.taints[0].effect: Required value'],
    [
      { 'spec/taints/0/value': '-' },
      `metadata.taints[0].value: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ],
    [
      { 'spec/podCIDRs': ['10.0.0.0/24', '10.0.1.0/24'] },
      `spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.1.0/24"]: ${once}`,
    ],
    [
      { 'status/capacity': { cpu: '-1', pods: '1500m' }, 'status/allocatable': { cpu: '1' } },
      'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
      'status.capacity.pods: Invalid value: "1500m": must be an integer',
    ],
  ]);
  refusesUpdate(
    'Node',
    right,
    [
      [
        {
          'status/addresses': [
            { type: 'InternalIP', address: '1.2.3.4' },
            { type: 'InternalIP', address: '1.2.3.4' },
          ],
        },
        'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"1.2.3.4"}',
      ],
    ],
    'status',
  );
});

test('[api-06] finalizers of a Namespace are of a domain', () => {
  refuses('Namespace', {}, [
    [
      { 'spec/finalizers': ['mine'] },
      'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ],
  ]);
});

const volume = {
  spec: {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    csi: { driver: 'a.b', volumeHandle: 'x' },
  },
};

test('[api-06] a PersistentVolume is of one source, and on nodes that have it', () => {
  const terms = [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }];
  refuses('PersistentVolume', volume, [
    [{ 'spec/csi/volumeHandle': '' }, 'spec.csi.volumeHandle: Required value'],
    [
      { 'spec/csi/nodeStageSecretRef': {}, 'spec/csi/nodePublishSecretRef': { name: 'a' } },
      'spec.csi.nodePublishSecretRef.namespace: Required value',
    ],
    [
      { 'spec/csi': undefined, 'spec/local': { path: '/a' } },
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
    ],
    [
      {
        'spec/csi': undefined,
        'spec/local': {},
        'spec/nodeAffinity': { required: { nodeSelectorTerms: terms } },
      },
      'spec.local.path: Required value',
    ],
    [
      { 'spec/nodeAffinity': {} },
      'spec.nodeAffinity.required: Required value: must specify required node constraints',
    ],
    [
      { 'spec/csi': undefined, 'spec/gcePersistentDisk': { pdName: '' } },
      'spec.persistentDisk.pdName: Required value',
    ],
    [
      { 'spec/storageClassName': 'A' },
      `spec.storageClassName: Invalid value: "A": ${subdomainRule}`,
    ],
    [
      {
        'spec/csi': undefined,
        'spec/nfs': { server: 'a', path: '/' },
        'spec/volumeAttributesClassName': 'a',
      },
      'spec.csi: Required value: has to be specified when using volumeAttributesClassName',
    ],
    [
      { 'metadata/annotations': { 'volume.beta.kubernetes.io/mount-options': 'ro' } },
      'metadata.annotations.volume.beta.kubernetes.io/mount-options: Forbidden: may not specify mount options for this volume type',
    ],
  ]);
  refusesUpdate('PersistentVolume', volume, [
    [{ 'spec/volumeMode': 'Block' }, 'volumeMode: Invalid value: "Block": field is immutable'],
  ]);
});

test('[api-06] conditions, addresses and ended containers of a Pod', () => {
  const pod = {
    spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] },
  };
  refusesUpdate(
    'Pod',
    pod,
    [
      [
        {
          'status/conditions': [
            { type: 'Ready', status: 'True' },
            { type: 'a/', status: 'True' },
          ],
        },
        'metadata.conditions[1].Type: Invalid value: "a/": name part must be non-empty',
        "metadata.conditions[1].Type: Invalid value: \"a/\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
      [
        { 'status/nominatedNodeName': 'A' },
        `status.nominatedNodeName: Invalid value: "A": ${subdomainRule}`,
      ],
      [
        { 'status/podIPs': [{ ip: '1.2.3.4' }, { ip: '1.2.3.5' }] },
        'status.podIPs: Invalid value: [{"IP":"1.2.3.4"},{"IP":"1.2.3.5"}]: may specify no more than one IP for each IP family',
      ],
    ],
    'status',
  );
});

test('[api-06] classes of storage: who provides it, and where', () => {
  const right = { provisioner: 'a.b/c', parameters: { a: 'b' } };
  const term = { matchLabelExpressions: [{ key: 'zone', values: ['a'] }] };
  const expressions = 'allowedTopologies[0].matchLabelExpressions';
  refuses('StorageClass', right, [
    [{ provisioner: '' }, 'provisioner: Required value'],
    [{ parameters: { '': 'a' } }, 'parameters: Invalid value: "": field can not be empty.'],
    [
      { allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', 'a'] }] }] },
      `${expressions}[0].values[1]: Duplicate value: "a"`,
    ],
    [
      { allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: [] }] }] },
      `${expressions}[0].values: Required value`,
    ],
    [
      { allowedTopologies: [term, term] },
      'allowedTopologies[1].matchLabelExpressions: Duplicate value: ""',
    ],
  ]);
  const attributes = { driverName: 'a.b/c', parameters: { a: 'b' } };
  refuses('VolumeAttributesClass', attributes, [
    [
      { parameters: undefined },
      'parameters: Required value: must contain at least one key/value pair',
    ],
  ]);
  refusesUpdate('VolumeAttributesClass', attributes, [
    [{ driverName: 'a.b/d' }, 'driverName: Forbidden: updates to driverName are forbidden.'],
  ]);
});

test.run();
