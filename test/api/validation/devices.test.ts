/** What claims of devices and classes of them are refused for (upstream's pkg/apis/resource/validation). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { labelRule } from '../../../src/api/validation/names.ts';
import { type Any, TestCluster } from '../../apiserver/cluster.ts';
import { refuses, refusesUpdate } from './table.ts';

const test = suite('validation of device claims');

const exactly = { deviceClassName: 'gpu.example.com' };
const right = { spec: { devices: { requests: [{ name: 'gpu', exactly }] } } };
const at = 'spec.devices.requests[0]';
const request = 'spec/devices/requests/0';
const noRequest =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

test('[api-06] a request names a class, and how many', () => {
  refuses('ResourceClaim', right, [
    [{ [`${request}/name`]: 'GPU' }, `${at}.name: Invalid value: "GPU": ${labelRule}`],
    [
      { [`${request}/exactly`]: undefined },
      `${at}: Required value: exactly one of \`exactly\` or \`firstAvailable\` is required`,
    ],
    [
      { [`${request}/firstAvailable`]: [{ name: 'a', ...exactly }] },
      `${at}: Invalid value: null: exactly one of \`exactly\` or \`firstAvailable\` is required, but multiple fields are set`,
    ],
    [
      { [`${request}/exactly/deviceClassName`]: '' },
      `${at}.exactly.deviceClassName: Required value`,
    ],
    [
      { [`${request}/exactly/allocationMode`]: 'All', [`${request}/exactly/count`]: 2 },
      `${at}.exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'`,
    ],
    [
      { [`${request}/exactly/count`]: -1 },
      `${at}.exactly.count: Invalid value: -1: must be greater than zero`,
    ],
    [
      { [`${request}/exactly/allocationMode`]: 'Most' },
      `${at}.exactly.allocationMode: Unsupported value: "Most": supported values: "All", "ExactCount"`,
    ],
    [
      { 'spec/devices/requests/1': { name: 'gpu', exactly } },
      'spec.devices.requests[1].name: Duplicate value: "gpu"',
    ],
    [
      { [`${request}/exactly/tolerations`]: [{ key: 'a', operator: 'Exists', value: 'b' }] },
      `${at}.exactly.tolerations[0].value: Invalid value: "b": must be empty for operator \`Exists\``,
    ],
  ]);
});

test('[api-06] expressions are about the device', () => {
  const selectors = (expression: string) => ({
    [`${request}/exactly/selectors`]: [{ cel: { expression } }],
  });
  const field = `${at}.exactly.selectors[0].cel`;
  refuses('ResourceClaim', right, [
    [selectors("device.attributes['gpu.example.com'].driver.isGreaterThan(semver('1.0.0'))")],
    [
      selectors('devise.driver'),
      `${field}.expression: Invalid value: "devise.driver": compilation failed: ERROR: <input>:1:1: undeclared reference to 'devise' (in container '')\n | devise.driver\n | ^`,
    ],
    [{ [`${request}/exactly/selectors`]: [{}] }, `${field}: Required value`],
  ]);
});

test('[api-06] constraints and settings are about requests that there are', () => {
  const one = { requests: ['gpu'], matchAttribute: 'gpu.example.com/numa' };
  const opaque = { driver: 'gpu.example.com', parameters: { a: 1 } };
  const constrained = (constraint: object) => ({ 'spec/devices/constraints': [constraint] });
  const constraint = 'spec.devices.constraints[0]';
  const config = 'spec.devices.config[0]';
  refuses('ResourceClaim', right, [
    [{ ...constrained(one), 'spec/devices/config': [{ requests: ['gpu'], opaque }] }],
    [
      constrained({ ...one, requests: ['cpu'] }),
      `${constraint}.requests[0]: Invalid value: "cpu": ${noRequest}`,
    ],
    [constrained({ requests: ['gpu'] }), `${constraint}.matchAttribute: Required value`],
    [
      constrained({ ...one, matchAttribute: 'numa' }),
      `${constraint}.matchAttribute: Invalid value: "numa": must include a domain`,
    ],
    [{ 'spec/devices/config': [{}] }, `${config}.opaque: Required value`],
    [
      { 'spec/devices/config': [{ opaque: { driver: 'gpu.example.com' } }] },
      `${config}.opaque.parameters: Required value`,
    ],
  ]);
});

test('[api-06] what is asked for never changes', () => {
  const cluster = new TestCluster();
  const made = cluster.create('ResourceClaim', {
    metadata: { name: 'c', namespace: 'default' },
    ...right,
  } as Any);
  const filled = { ...exactly, allocationMode: 'ExactCount', count: 1 };
  assert.equal(made.spec.devices.requests[0].exactly, filled);
  const changed = { devices: { requests: [{ name: 'gpu', exactly: { ...filled, count: 2 } }] } };
  const shown = `{"devices":{"requests":[{"exactly":{"allocationMode":"ExactCount","count":2,"deviceClassName":"gpu.example.com"},"name":"gpu"}]}}`;
  refusesUpdate('ResourceClaim', right, [
    [{ spec: changed }, `spec: Invalid value: ${shown}: field is immutable`],
  ]);
  refusesUpdate('ResourceClaimTemplate', { spec: right }, [
    [{ 'spec/spec': changed }, `spec: Invalid value: {"spec":${shown}}: field is immutable`],
  ]);
});

test('[api-06] a class chooses by expressions, too', () => {
  const expression = "device.driver == 'gpu.example.com'";
  refuses('DeviceClass', { spec: { selectors: [{ cel: { expression } }] } }, [
    [{ 'spec/selectors': [{}] }, 'spec.selectors[0].cel: Required value'],
    [{ 'spec/config': [{}] }, 'spec.config[0].opaque: Required value'],
  ]);
});

test('[api-06] a slice tells the devices of a driver, and where they are', () => {
  const slice = {
    spec: {
      driver: 'gpu.example.com',
      nodeName: 'n1',
      pool: { name: 'n1', generation: 1, resourceSliceCount: 1 },
      devices: [{ name: 'gpu-0', attributes: { model: { string: 'x' } } }],
    },
  };
  const where =
    'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  refuses('ResourceSlice', slice, [
    [{ 'spec/nodeName': undefined }, `spec: Required value: ${where}`],
    [
      { 'spec/allNodes': true },
      `spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${where}, but multiple fields are set`,
    ],
    [{ 'spec/pool/name': '' }, 'spec.pool.name: Required value'],
    [
      { 'spec/pool/resourceSliceCount': 0 },
      'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
    ],
    [{ 'spec/devices/1': { name: 'gpu-0' } }, 'spec.devices[1].name: Duplicate value: "gpu-0"'],
    [
      { 'spec/devices/0/attributes/model': {} },
      'spec.devices[0].attributes[model]: Required value: exactly one value must be specified',
    ],
  ]);
  refusesUpdate('ResourceSlice', slice, [
    [
      { 'spec/driver': 'npu.example.com' },
      'spec.driver: Invalid value: "npu.example.com": field is immutable',
    ],
  ]);
});

test.run();
