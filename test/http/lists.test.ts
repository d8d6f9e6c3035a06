/** Real kubectl and manifests of `kind: List`, which it validates itself, with OpenAPI v2. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kubectlPath, type Tour, tour } from './kubectl.ts';

const test = suite('lists of kubectl');
const kubectl = kubectlPath();

let k: Tour;

const visit = (name: string, body: () => Promise<void>) => {
  if (kubectl !== undefined) test(name, body);
};

test.before(async () => {
  if (kubectl !== undefined) k = await tour(kubectl);
});

test.after(() => k?.end());

const list = (...items: readonly unknown[]) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

const map = (value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm' },
  data: { a: value },
});

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'certs.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'certs', singular: 'cert', kind: 'Cert' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { days: { type: 'integer' } } },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

visit('create, diff, apply, replace and delete take a List', async () => {
  assert.is((await k('create -f -', list(map('1')))).stdout, 'configmap/m created\n');
  const { code, stdout } = await k('diff -f -', list(map('2')));
  assert.is(code, 1);
  assert.match(stdout, /-\s+a: "1"\n\+\s+a: "2"/);
  assert.is((await k('replace -f -', list(map('2')))).stdout, 'configmap/m replaced\n');
  assert.is((await k('delete -f -', list(map('2')))).stdout, 'configmap "m" deleted\n');
  assert.is((await k('apply -f -', list(map('3')))).stdout, 'configmap/m created\n');
});

visit('a bad List is refused by kubectl, with all of its mistakes', async () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replcas: 3, selector: {}, template: { spec: { containers: [{ name: 7 }] } } },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports: [{ port: 'http' }, { name: 'x' }] },
  };
  const { code, stderr } = await k('apply -f -', list(deployment, service));
  assert.is(code, 1);
  const mistakes = [
    'ValidationError(Deployment.spec): unknown field "replcas" in io.k8s.api.apps.v1.DeploymentSpec',
    'ValidationError(Service.spec.ports[0].port): invalid type for io.k8s.api.core.v1.ServicePort.port: got "string", expected "integer"',
    'ValidationError(Service.spec.ports[1]): missing required field "port" in io.k8s.api.core.v1.ServicePort',
  ];
  assert.is(
    stderr,
    `error: error validating "STDIN": error validating data: [${mistakes.join(', ')}]; if you choose to ignore these errors, turn validation off with --validate=false\n`,
  );
});

visit('custom resources in a List are validated by their definition', async () => {
  assert.is((await k('apply -f -', list(definition))).code, 0);
  await k('wait --for=condition=Established crd/certs.example.com');
  const cert = (spec: unknown) => ({
    apiVersion: 'example.com/v1',
    kind: 'Cert',
    metadata: { name: 'c' },
    spec,
    status: { any: 'thing' },
  });
  assert.is(
    (await k('apply -f -', list(cert({ days: 1 })))).stdout,
    'cert.example.com/c created\n',
  );
  assert.match(
    (await k('apply -f -', list(cert({ day: 1 })))).stderr,
    /ValidationError\(Cert\.spec\): unknown field "day" in com\.example\.v1\.Cert\.spec;/,
  );
  assert.is(
    (await k('apply -f -', list(cert({ days: 2 })))).stdout,
    'cert.example.com/c configured\n',
  );
});

visit('explain --output=plaintext-openapiv2 reads it, too', async () => {
  const words = 'explain deployment.spec.strategy --output=plaintext-openapiv2';
  assert.match(
    (await k(words)).stdout,
    /^KIND: {5}Deployment\nVERSION: {2}apps\/v1\n\nRESOURCE: strategy <Object>\n[\s\S]*type\t<string>/,
  );
});

test.run();
