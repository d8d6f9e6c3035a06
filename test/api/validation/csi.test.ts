/** What CSI drivers may not say of themselves, in the words of 1.36 (pkg/apis/storage/validation). */
import { suite } from 'uvu';
import { subdomainRule } from '../../../src/api/validation/names.ts';
import { refuses, refusesUpdate } from './table.ts';

const test = suite('validation of CSI');

test('[api-06] what a driver can, and what of it stays', () => {
  const right = { metadata: { name: 'csi.example.com' }, spec: {} };
  refuses('CSIDriver', right, [
    [
      { 'spec/fsGroupPolicy': 'Maybe' },
      'spec.fsGroupPolicy: Unsupported value: "Maybe": supported values: "File", "None", "ReadWriteOnceWithFSType"',
    ],
    [
      {
        'spec/tokenRequests': [
          { audience: 'a', expirationSeconds: 10 },
          { audience: 'a' },
          { audience: 'b', expirationSeconds: 2 ** 33 },
        ],
      },
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
      'spec.tokenRequests[2].expirationSeconds: Invalid value: 8589934592: may not specify a duration larger than 2^32 seconds',
    ],
    [
      { 'spec/volumeLifecycleModes': ['Sometimes'] },
      'spec.volumeLifecycleModes: Unsupported value: "Sometimes": supported values: "Persistent", "Ephemeral"',
    ],
    [
      { 'spec/nodeAllocatableUpdatePeriodSeconds': 5 },
      'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 5: must be greater than or equal to 10 seconds',
    ],
  ]);
  refusesUpdate('CSIDriver', right, [
    [
      { 'spec/attachRequired': false },
      'spec.attachedRequired: Invalid value: false: field is immutable',
    ],
    [
      { 'spec/volumeLifecycleModes': ['Ephemeral'] },
      'spec.volumeLifecycleModes: Invalid value: ["Ephemeral"]: field is immutable',
    ],
    [{ 'spec/fsGroupPolicy': 'File' }],
  ]);
});

test('[api-06] the drivers of a node, each once', () => {
  const driver = { name: 'csi.example.com', nodeID: 'n', topologyKeys: ['zone'] };
  const right = { spec: { drivers: [driver] } };
  const at = 'spec.drivers[0]';
  refuses('CSINode', right, [
    [
      { 'spec/drivers/0/name': '' },
      `${at}.name: Required value`,
      `${at}.name: Invalid value: "": ${subdomainRule}`,
    ],
    [{ 'spec/drivers/0/nodeID': '' }, `${at}.nodeID: Required value`],
    [
      { 'spec/drivers/0/allocatable': { count: -1 } },
      `${at}.allocatable.count: Invalid value: -1: must be greater than or equal to 0`,
    ],
    [{ 'spec/drivers/1': driver }, 'spec.drivers[1].name: Duplicate value: "csi.example.com"'],
    [{ 'spec/drivers/0/topologyKeys': ['zone', 'zone'] }, `${at}: Duplicate value: "zone"`],
  ]);
  refusesUpdate('CSINode', right, [
    [
      { 'spec/drivers/0/nodeID': 'm' },
      'CSINodeDriver: Invalid value: {"name":"csi.example.com","nodeID":"m","topologyKeys":["zone"]}: field is immutable',
    ],
    [{ 'spec/drivers/0/allocatable': { count: 5 } }],
    [{ 'spec/drivers': [] }],
  ]);
});

test('[api-06] the room that a driver has, of one class at one place', () => {
  const right = { storageClassName: 'fast', capacity: '1Gi', nodeTopology: {} };
  refuses('CSIStorageCapacity', right, [
    [{ storageClassName: 'Fast' }, `storageClassName: Invalid value: "Fast": ${subdomainRule}`],
    [{ capacity: '-1' }, 'capacity: Invalid value: "-1": must be greater than or equal to 0'],
    [
      { nodeTopology: { matchExpressions: [{ key: 'a', operator: 'Like' }] } },
      'nodeTopology.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
    ],
  ]);
  refusesUpdate('CSIStorageCapacity', right, [
    [{ storageClassName: 'slow' }, 'storageClassName: Invalid value: "slow": field is immutable'],
    [
      { 'nodeTopology/matchLabels': { a: 'b' } },
      'nodeTopology: Invalid value: {"matchLabels":{"a":"b"}}: field is immutable',
    ],
    [{ capacity: '2Gi' }],
  ]);
});

test.run();
