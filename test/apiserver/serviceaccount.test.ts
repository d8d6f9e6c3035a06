/** Admission of Pods by their ServiceAccount (api-07 §7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, creation, pod, podSpec, TestCluster } from './cluster.ts';

const test = suite('service account admission');

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

function cluster(account: object = {}): TestCluster {
  const made = new TestCluster();
  made.api.serviceAccounts = true;
  made.create('ServiceAccount', {
    metadata: { name: 'default', namespace: 'default' },
    ...account,
  });
  return made;
}

const specOf = (spec: object, account?: object): Any =>
  cluster(account).create('Pod', pod('p', { ...podSpec, ...spec })).spec;

test('the account must be there', () => {
  const made = new TestCluster();
  made.api.serviceAccounts = true;
  const { code, message } = made.refused(creation('Pod', pod('p')));
  assert.is(code, 403);
  assert.is(
    message,
    'pods "p" is forbidden: error looking up service account default/default: serviceaccount "default" not found',
  );
  const other = pod('p', { ...podSpec, serviceAccountName: 'robot' });
  assert.match(
    cluster().refused(creation('Pod', other)).message,
    'error looking up service account default/robot: serviceaccount "robot" not found',
  );
  const generated = { metadata: { generateName: 'web-', namespace: 'default' }, spec: podSpec };
  assert.match(made.refused(creation('Pod', generated)).message, 'pods "web-" is forbidden');
});

test('every container finds the token', () => {
  const spec = specOf({ initContainers: [{ name: 'i', image: 'x:v1' }] });
  assert.is(spec.serviceAccountName, 'default');
  assert.is(spec.serviceAccount, 'default');
  const [{ name, projected }] = spec.volumes;
  assert.match(name, /^kube-api-access-[a-z0-9]{5}$/);
  assert.is(projected.defaultMode, 420);
  assert.equal(projected.sources, [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [
          { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } },
        ],
      },
    },
  ]);
  for (const { volumeMounts } of [...spec.containers, ...spec.initContainers]) {
    assert.equal(volumeMounts, [{ name, readOnly: true, mountPath }]);
  }
});

test('volumes of two Pods have names of their own', () => {
  const made = cluster();
  const names = ['a', 'b'].map((one) => made.create('Pod', pod(one)).spec.volumes[0].name);
  assert.is.not(names[0], names[1]);
});

test('what is mounted in its place stays, and without a need there is no volume', () => {
  const own = { name: 'mine', mountPath };
  const containers = [{ name: 'c', image: 'web:v1', volumeMounts: [own] }];
  const volumes = [{ name: 'mine', emptyDir: {} }];
  const spec = specOf({ containers, volumes });
  assert.is(spec.volumes.length, 1);
  assert.is(spec.containers[0].volumeMounts.length, 1);
});

test('a volume of the reserved name serves', () => {
  const volumes = [{ name: 'kube-api-access-mine', emptyDir: {} }];
  const spec = specOf({ volumes });
  assert.is(spec.volumes.length, 1);
  assert.is(spec.containers[0].volumeMounts[0].name, 'kube-api-access-mine');
});

test('Pod and account may do without; the Pod has the last word', () => {
  assert.is(specOf({ automountServiceAccountToken: false }).volumes, undefined);
  const without = { automountServiceAccountToken: false };
  assert.is(specOf({}, without).volumes, undefined);
  assert.is(specOf({ automountServiceAccountToken: true }, without).volumes.length, 1);
});

test('pull secrets come from the account, unless the Pod has its own', () => {
  const account = { imagePullSecrets: [{ name: 'registry' }] };
  assert.equal(specOf({}, account).imagePullSecrets, [{ name: 'registry' }]);
  const own = { imagePullSecrets: [{ name: 'own' }] };
  assert.equal(specOf(own, account).imagePullSecrets, [{ name: 'own' }]);
});

test('a mirror Pod runs as nobody', () => {
  const mirror = (spec: object) =>
    pod(
      'p',
      { ...podSpec, nodeName: 'n1', ...spec },
      {
        annotations: { 'kubernetes.io/config.mirror': 'x' },
      },
    );
  const made = cluster();
  const { spec } = made.create('Pod', mirror({}));
  assert.is(spec.serviceAccountName, undefined);
  assert.is(spec.volumes, undefined);
  assert.match(
    made.refused(creation('Pod', mirror({ serviceAccountName: 'default' }))).message,
    'a mirror pod may not reference service accounts',
  );
  const volumes = [{ name: 's', secret: { secretName: 'x' } }];
  assert.match(
    made.refused(creation('Pod', mirror({ volumes }))).message,
    'a mirror pod may not reference secrets',
  );
});

test('where accounts are left out, Pods name one that need not be there', () => {
  const { spec } = new TestCluster().create('Pod', pod('p'));
  assert.is(spec.serviceAccountName, 'default');
  assert.is(spec.volumes, undefined);
});

test('of the Secrets that an account names nothing is kept but their names', () => {
  const made = new TestCluster();
  const secrets = [{ name: 's', namespace: 'other', kind: 'Secret' }];
  const account = made.create('ServiceAccount', { metadata: { name: 'a' }, secrets });
  assert.equal(account.secrets, [{ name: 's' }]);
  assert.equal(made.update({ ...account, secrets }).secrets, [{ name: 's' }]);
});

test.run();
