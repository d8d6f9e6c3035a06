/** Manifests that ask for volumes get them, as in a real cluster. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cli } from './cli.ts';

const test = suite('storage of manifests');
const cli = new Cli();
test.after(() => cli.end());

const claim = (name: string, more: string, annotations = '{}') => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name}, annotations: ${annotations} }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
  ${more}
---
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  containers: [{ name: c, image: web, volumeMounts: [{ name: v, mountPath: /v }] }]
  volumes: [{ name: v, persistentVolumeClaim: { claimName: ${name} } }]
---`;

const storageClass = (name: string, provisioner: string) => `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: ${name} }
provisioner: ${provisioner}
---`;

test('classes that are not given are made, the default one and those with a name', () => {
  const file = cli.file('claims.yaml', claim('a', '') + claim('b', 'storageClassName: gold'));
  const { code, out, err } = cli.run(['run', file]);
  assert.is(code, 0, out);
  assert.match(out, /volume-provisioner created PersistentVolume/);
  assert.match(err, /the StorageClasses standard, gold are not given; they are made/);
});

test('a class that is given is served, by a CSI driver or by a directory of the node', () => {
  const text =
    storageClass('fast', 'k8s.io/minikube-hostpath') +
    storageClass('disk', 'kubernetes.io/gce-pd') +
    claim('a', '', '{ volume.beta.kubernetes.io/storage-class: fast }') +
    claim('b', 'storageClassName: disk');
  const file = cli.file('drivers.yaml', text);
  const { code, err } = cli.run(['run', file, '--log', 'run.jsonl']);
  assert.is(code, 0);
  assert.is(err.includes('is not given'), false, err);
  const volumes = JSON.parse(cli.ok('get', 'pv', '-f', 'run.jsonl', '-o', 'json'));
  const sources = volumes.items.map(
    ({ spec }: { spec: { csi?: { driver: string }; hostPath?: unknown } }) =>
      spec.csi?.driver ?? (spec.hostPath && 'hostPath'),
  );
  assert.equal(sources.sort(), ['hostPath', 'pd.csi.storage.gke.io']);
});

test('a claim without any class waits for a volume that is made by hand', () => {
  const { code, out } = cli.run(['run', cli.file('none.yaml', claim('a', 'storageClassName: ""'))]);
  assert.is(code, 1);
  assert.match(out, /pod has unbound immediate PersistentVolumeClaims/);
});

test.run();
