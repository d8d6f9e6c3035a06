/** PodSecurity: what a namespace demands of its Pods, in upstream's words (api-07 §7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { podSecurityWarnings } from '../../src/apiserver/admission/podsecurity/index.ts';
import { type Any, creation, merging, pod, TestCluster } from './cluster.ts';

const test = suite('pod security');

const label = (mode: string) => `pod-security.kubernetes.io/${mode}`;

function inNamespace(labels: Any): TestCluster {
  const cluster = new TestCluster();
  cluster.ok(merging('Namespace', 'default', { metadata: { labels } }));
  return cluster;
}

/** Why a Pod is not let in, after what all refusals say. */
function refusal(level: string, spec: Any, version = 'latest'): string {
  const cluster = inNamespace({
    [label('enforce')]: level,
    [label('enforce-version')]: version,
  });
  const { code, message } = cluster.refused(creation('Pod', pod('a', spec)));
  assert.is(code, 403);
  const prefix = `pods "a" is forbidden: violates PodSecurity "${level}:${version}": `;
  assert.ok(message.startsWith(prefix), message);
  return message.slice(prefix.length);
}

const c = (securityContext: Any = {}, more: Any = {}) => ({
  name: 'c',
  image: 'i',
  securityContext,
  ...more,
});

const hardened = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

test('restricted: a plain Pod is told all that it should say, and one that says so is let in', () => {
  assert.is(
    refusal('restricted', { containers: [{ name: 'c', image: 'i' }] }),
    'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  );
  const cluster = inNamespace({ [label('enforce')]: 'restricted' });
  cluster.create('Pod', pod('a', { containers: [c(hardened)] }));
});

test('baseline: what reaches for the node', () => {
  const host = { hostNetwork: true, hostPID: true, hostIPC: true };
  const volumes = [{ name: 'v', hostPath: { path: '/' } }];
  const ports = [{ containerPort: 80, hostPort: 80 }];
  const containers = [c({ privileged: true, capabilities: { add: ['SYS_ADMIN'] } }, { ports })];
  assert.is(
    refusal('baseline', { ...host, volumes, containers }),
    'non-default capabilities (container "c" must not include "SYS_ADMIN" in securityContext.capabilities.add), host namespaces (hostNetwork=true, hostPID=true, hostIPC=true), hostPath volumes (volume "v"), hostPort (container "c" uses hostPort 80), privileged (container "c" must not set securityContext.privileged=true)',
  );
});

test('restricted takes the place of what it makes stricter', () => {
  const volumes = [{ name: 'v', hostPath: { path: '/' } }];
  const capabilities = { drop: ['ALL'], add: ['CHOWN'] };
  const containers = [c({ ...hardened, capabilities })];
  assert.is(
    refusal('restricted', { volumes, containers }),
    'unrestricted capabilities (container "c" must not include "CHOWN" in securityContext.capabilities.add), restricted volume types (volume "v" uses restricted volume type "hostPath")',
  );
});

test('a version has the rules of its time', () => {
  const sysctls = [{ name: 'net.ipv4.tcp_rmem', value: '1' }];
  const spec = { securityContext: { sysctls }, containers: [c()] };
  assert.is(refusal('baseline', spec, 'v1.31'), 'forbidden sysctls (net.ipv4.tcp_rmem)');
  const newer = inNamespace({ [label('enforce')]: 'baseline' });
  newer.create('Pod', pod('a', spec));
  const probe = { httpGet: { port: 80, host: 'h' } };
  const probed = { containers: [c({}, { livenessProbe: probe })] };
  assert.is(
    refusal('baseline', probed),
    'probe or lifecycle host (container "c" uses probe or lifecycle host "h")',
  );
});

test('who sets what: the Pod, its containers, and init containers first', () => {
  const securityContext = { seLinuxOptions: { type: 'spc_t', user: 'u' } };
  const bad = { name: 'b', image: 'i', securityContext };
  const init = { ...bad, name: 'a' };
  assert.is(
    refusal('baseline', { securityContext, containers: [bad], initContainers: [init] }),
    'seLinuxOptions (pod and containers "a", "b" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
  );
});

test('an update of a Pod is judged only where it changes what the rules look at', () => {
  const cluster = new TestCluster();
  cluster.create('Pod', pod('a', { containers: [c({ privileged: true })] }));
  const labels = { [label('enforce')]: 'baseline' };
  cluster.ok(merging('Namespace', 'default', { metadata: { labels } }));
  cluster.merge('Pod', 'a', { metadata: { labels: { x: 'y' } } });
  const containers = [{ ...c({ privileged: true }), image: 'j' }];
  const { message } = cluster.refused(merging('Pod', 'a', { spec: { containers } }));
  assert.match(
    message,
    /^pods "a" is forbidden: violates PodSecurity "baseline:latest": privileged/,
  );
});

test('labels that say nothing are refused, unless they were there', () => {
  const cluster = new TestCluster();
  const labels = { [label('enforce')]: 'strict', [label('warn-version')]: '1.30' };
  const { code, message } = cluster.refused(
    creation('Namespace', { metadata: { name: 'n', labels } }),
  );
  assert.is(code, 422);
  assert.is(
    message,
    `Namespace "n" is invalid: [metadata.labels[${label('enforce')}]: Invalid value: "strict": must be one of privileged, baseline, restricted, metadata.labels[${label('warn-version')}]: Invalid value: "1.30": must be "latest" or "v1.x"]`,
  );
});

test('warnings: of templates that would be refused, and of Pods in a namespace that gets stricter', () => {
  const cluster = inNamespace({ [label('warn')]: 'baseline' });
  const spec = { containers: [c({ privileged: true })] };
  const what =
    'would violate PodSecurity "baseline:latest": privileged (container "c" must not set securityContext.privileged=true)';
  const template = { metadata: { labels: { a: 'b' } }, spec };
  const web = { kind: 'Deployment', metadata: { namespace: 'default' }, spec: { template } };
  assert.equal(podSecurityWarnings(web as Any, undefined, cluster.store.view()), [what]);
  for (const name of ['b', 'a']) cluster.create('Pod', pod(name, spec));
  const before = cluster.get('Namespace', 'default');
  const labels = { [label('enforce')]: 'restricted' };
  const after = cluster.ok(merging('Namespace', 'default', { metadata: { labels } }));
  assert.equal(podSecurityWarnings(after, before, cluster.store.view()), [
    'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
    'a (and 1 other pod): privileged, allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
  ]);
});

test.run();
