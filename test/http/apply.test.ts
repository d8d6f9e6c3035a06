/** Server-side apply on the wire: whose time is told, sizes, kubectl's annotation, YAML (api-04 §5). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, patchTypes, Wire } from './wire.ts';

const test = suite('apply');

let wire: Wire;
test.before(async () => {
  wire = await Wire.up();
});
test.after(() => wire.end());

const web = '/apis/apps/v1/namespaces/default/deployments/web';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

const patched = (path: string, body: unknown) =>
  wire.ask('PATCH', path, { body, type: patchTypes.apply });

const deployment = (more: Any = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    },
    ...more,
  },
});

/** Who applies or sizes, in the order of the entries; without controllers. */
const owners = ({ metadata }: Any): string[] =>
  metadata.managedFields
    .filter(({ manager }: Any) => manager !== 'kube-controller-manager')
    .map(
      ({ manager, operation, subresource, time }: Any) =>
        `${manager}/${operation}${subresource ? `/${subresource}` : ''}${time ? '' : ' untimed'}`,
    );

test('who agrees comes first, as it has no time; who forces gets one', async () => {
  await patched(`${web}?fieldManager=m1`, deployment({ replicas: 2 }));
  const part = (replicas: number) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: { replicas },
  });
  const shared = await patched(`${web}?fieldManager=m2`, part(2));
  assert.equal(owners(shared.body), ['m2/Apply untimed', 'm1/Apply']);
  const forced = await patched(`${web}?fieldManager=m2&force=true`, part(3));
  assert.equal(owners(forced.body), ['m1/Apply', 'm2/Apply']);
});

test('a size is applied through its subresource, and conflicts with whoever set it', async () => {
  const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 5 } };
  const refused = await patched(`${web}/scale?fieldManager=m7`, scale);
  const why = 'Apply failed with 1 conflict: conflict with "m2": .spec.replicas';
  assert.equal([refused.code, refused.body.message], [409, why]);
  const sized = await patched(`${web}/scale?fieldManager=m7&force=true`, scale);
  assert.equal([sized.code, sized.body.spec], [200, { replicas: 5 }]);
  assert.equal(owners(await wire.get(web)), ['m7/Apply/scale untimed', 'm1/Apply']);
  const same = await patched(`${web}/scale?fieldManager=m8`, scale);
  assert.is(same.code, 200);
  const all = owners(await wire.get(web));
  assert.equal(all.slice(0, 2), ['m7/Apply/scale untimed', 'm8/Apply/scale untimed']);
  const body = { ...scale, metadata: { name: 'web', namespace: 'default' }, spec: { replicas: 4 } };
  await wire.ok('PUT', `${web}/scale?fieldManager=hpa`, { body });
  assert.equal(owners(await wire.get(web)), ['m1/Apply', 'hpa/Update/scale untimed']);
});

test("kubectl's annotation follows what kubectl applies", async () => {
  const seed = { metadata: { annotations: { [lastApplied]: '{}' } } };
  await wire.ok('PATCH', web, { body: seed, type: patchTypes.merge });
  const config = deployment({ paused: true });
  const { body } = await patched(`${web}?fieldManager=kubectl&force=true`, config);
  assert.is(
    body.metadata.annotations[lastApplied],
    '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"paused":true,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"image":"i","name":"c"}]}}}}\n',
  );
});

test('YAML that cannot be read, or says a thing twice', async () => {
  const told = async (text: string, query = '') => {
    const { code, body } = await patched(`${web}?fieldManager=m1${query}`, text);
    return `${code} ${body.message ?? ''}`;
  };
  const decoding = '400 error decoding YAML: error converting YAML to JSON: yaml:';
  assert.is(await told('a: b: c'), `${decoding} mapping values are not allowed in this context`);
  const twice = 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  paused: true\n  paused: true\n';
  assert.is(
    await told(twice, '&fieldValidation=Strict&force=true'),
    '400 error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 5: key "paused" already set in map',
  );
});

test.run();
