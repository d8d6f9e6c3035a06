/** What a Pod may not say, in the words of 1.36 (upstream's pkg/apis/core/validation). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PodSpec } from '../../src/api/pod/podspec.ts';
import { subdomainRule } from '../../src/api/validation/names.ts';
import { validatePodSpec } from '../../src/api/validation/podspec.ts';

const test = suite('validation of Pods');

/** `field: message` of each error. */
const errorsOf = (spec: object): readonly string[] =>
  validatePodSpec({ terminationGracePeriodSeconds: 30, ...spec } as PodSpec, 'spec').map(
    ({ field, message }) => `${field}: ${message}`,
  );

const ofPod = (more: object) => errorsOf({ containers: [{ name: 'c', image: 'i' }], ...more });
const ofContainer = (more: object) =>
  errorsOf({ containers: [{ name: 'c', image: 'i', ...more }] });
const ofVolume = (source: object) => ofPod({ volumes: [{ name: 'v', ...source }] });

const container = 'spec.containers[0]';

test('an environment takes each value from one place that there is', () => {
  const from = (valueFrom: object) => ofContainer({ env: [{ name: 'A', valueFrom }] });
  const at = `${container}.env[0].valueFrom`;
  const fieldRef = { fieldPath: 'metadata.name' };
  assert.equal(from({ fieldRef }), []);
  assert.equal(from({ fieldRef: { fieldPath: "metadata.labels['a']" } }), []);
  assert.equal(from({}), [
    `${at}: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``,
  ]);
  assert.equal(from({ fieldRef, secretKeyRef: { name: 's', key: 'k' } }), [
    `${at}: Invalid value: "": may not have more than one field specified at a time`,
  ]);
  assert.equal(from({ fieldRef: { fieldPath: 'metadata.foo' } }), [
    `${at}.fieldRef.fieldPath: Invalid value: "metadata.foo": error converting fieldPath: field label not supported: metadata.foo`,
  ]);
  assert.match(
    from({ fieldRef: { fieldPath: 'status.phase' } })[0]!,
    /: Unsupported value: "status/,
  );
  assert.equal(from({ configMapKeyRef: {} }), [
    `${at}.configMapKeyRef.name: Invalid value: "": ${subdomainRule}`,
    `${at}.configMapKeyRef.key: Required value`,
  ]);
  assert.equal(ofContainer({ envFrom: [{}] }), [
    `${container}.envFrom: Invalid value: "": must specify one of: \`configMapRef\` or \`secretRef\``,
  ]);
});

test('a port of the node is asked for once', () => {
  const ports = [80, 81].map((containerPort) => ({ containerPort, hostPort: 8080 }));
  const twice = `${container}.ports[1].hostPort: Duplicate value: "TCP//8080"`;
  assert.equal(ofContainer({ ports }), [twice]);
  assert.equal(ofContainer({ ports: [ports[0], { ...ports[1], protocol: 'UDP' }] }), []);
});

test('handlers say what they do', () => {
  const probe = (handler: object) => ofContainer({ readinessProbe: handler });
  const at = `${container}.readinessProbe`;
  assert.equal(probe({ exec: {} }), [`${at}.exec.command: Required value`]);
  assert.equal(probe({ tcpSocket: { port: 'http' } }), []);
  const range = 'must be between 1 and 65535, inclusive';
  assert.equal(probe({ httpGet: { path: '/', port: 0 } }), [
    `${at}.httpGet.port: Invalid value: 0: ${range}`,
  ]);
  const exec = { command: ['true'] };
  assert.equal(probe({ exec, terminationGracePeriodSeconds: 1 }), [
    `${at}.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes`,
  ]);
  assert.equal(ofContainer({ lifecycle: { preStop: {} } }), [
    `${container}.lifecycle.preStop: Required value: must specify a handler type`,
  ]);
  assert.equal(ofContainer({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }), [
    `${container}.lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)`,
  ]);
  const init = { name: 'i', image: 'i', livenessProbe: { exec } };
  assert.equal(ofPod({ initContainers: [init] }), [
    'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
  ]);
  assert.equal(ofPod({ initContainers: [{ ...init, restartPolicy: 'Always' }] }), []);
});

test('volumes name what they hold', () => {
  const at = 'spec.volumes[0]';
  assert.equal(ofVolume({}), [`${at}: Required value: must specify a volume type`]);
  assert.equal(ofVolume({ hostPath: {} }), [`${at}.hostPath.path: Required value`]);
  assert.equal(ofVolume({ persistentVolumeClaim: {} }), [
    `${at}.persistentVolumeClaim.claimName: Required value`,
  ]);
  assert.equal(ofVolume({ secret: { secretName: 's', items: [{ key: 'k', path: '/x' }] } }), [
    `${at}.secret.items[0].path: Invalid value: "/x": must be a relative path`,
  ]);
  assert.equal(ofVolume({ configMap: { name: 'm', defaultMode: 512 } }), [
    `${at}.configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive`,
  ]);
  const token = { serviceAccountToken: { path: 'token', expirationSeconds: 60 } };
  assert.equal(ofVolume({ projected: { sources: [token] } }), [
    `${at}.projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes`,
  ]);
});

test('devices are whole, and promised as often as they are limited', () => {
  const of = (resources: object) => ofContainer({ resources });
  const at = `${container}.resources`;
  const limits = { 'example.com/gpu': '1' };
  assert.equal(of({ limits, requests: limits }), []);
  assert.equal(of({ requests: limits }), [
    `${at}.limits: Required value: Limit must be set for non overcommitable resources`,
  ]);
  assert.equal(of({ limits: { 'example.com/gpu': '500m' } }), [
    `${at}.limits[example.com/gpu]: Invalid value: "500m": must be an integer`,
  ]);
  assert.equal(of({ limits: { 'hugepages-2Mi': '4Mi' } }), [
    `${at}: Forbidden: HugePages require cpu or memory`,
  ]);
});

test('names, networks and gates', () => {
  assert.equal(ofPod({ subdomain: 'a.b' }), [
    'spec.subdomain: Invalid value: "a.b": must not contain dots',
  ]);
  assert.equal(ofPod({ dnsPolicy: 'None' }), [
    'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
  ]);
  assert.equal(ofPod({ schedulingGates: [{ name: 'a' }, { name: 'a' }] }), [
    'spec.schedulingGates[1]: Duplicate value: "a"',
  ]);
  assert.equal(ofPod({ os: { name: 'beos' } }), [
    'spec.os: Unsupported value: "beos": supported values: "linux", "windows"',
  ]);
  assert.equal(ofPod({ hostAliases: [{ ip: 'x' }] }), [
    'spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ]);
});

test('affinity asks for what can be answered', () => {
  const of = (requirement: object) => {
    const terms = [{ matchExpressions: [{ key: 'a', ...requirement }] }];
    const required = {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
    };
    return ofPod({ affinity: { nodeAffinity: required } }).map((text) =>
      text.replace(/^.*matchExpressions/, ''),
    );
  };
  const values = '[0].values';
  assert.equal(of({ operator: 'In' }), [
    `${values}: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
  ]);
  assert.equal(of({ operator: 'Exists', values: ['x'] }), [
    `${values}: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
  ]);
  assert.equal(of({ operator: 'Gt', values: ['1', '2'] }), [
    `${values}: Required value: must be specified single value when \`operator\` is 'Lt' or 'Gt'`,
  ]);
});

test('spread says each thing once', () => {
  const one = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
  const at = 'spec.topologySpreadConstraints';
  assert.equal(ofPod({ topologySpreadConstraints: [one, one] }), [
    `${at}[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"`,
  ]);
  const loose = { ...one, whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 };
  assert.equal(ofPod({ topologySpreadConstraints: [loose] }), [
    `${at}[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway`,
  ]);
});

test('security contexts do not contradict themselves', () => {
  assert.equal(ofPod({ securityContext: { runAsUser: -1 } }), [
    'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ]);
  const securityContext = { privileged: true, allowPrivilegeEscalation: false };
  const [error] = ofContainer({ securityContext });
  assert.match(
    error!,
    /: cannot set `allowPrivilegeEscalation` to false and `privileged` to true$/,
  );
  const sysctls = [{ name: 'kernel.shm_rmid_forced' }, { name: 'kernel.shm_rmid_forced' }];
  assert.equal(ofPod({ securityContext: { sysctls } }), [
    'spec.securityContext.sysctls[1].name: Duplicate value: "kernel.shm_rmid_forced"',
  ]);
});

test.run();
