/** Objects that are right but for one value: stored or refused, and the cluster bears what is stored. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Serving, serve } from '../../src/http/server.ts';
import { createCluster } from '../../src/sim/cluster.ts';

const test = suite('spoilt objects');

/** More in a campaign: OBJECTS=10000. */
const objects = Number(process.env['OBJECTS'] ?? 100);

let serving: Serving;

test.before(async () => {
  const cluster = createCluster({ nodes: [{ name: 'n1' }] });
  const options = { port: 0, insecure: true, speed: 'max', paused: true, token: 'x' } as const;
  serving = await serve({ cluster, ...options });
});

test.after(() => serving.close());

const patchTypes = [
  'json-patch+json',
  'merge-patch+json',
  'strategic-merge-patch+json',
  'apply-patch+yaml',
].map((type) => `application/${type}`);

/** Objects as people write them, each to be spoilt in one place. */
const whole: readonly (readonly [string, unknown])[] = [
  [
    '/api/v1/namespaces/default/pods',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'p',
        labels: { a: 'b' },
        annotations: { c: 'd' },
        finalizers: ['e/f'],
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u' }],
      },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            ports: [{ containerPort: 80, name: 'http' }],
            resources: { requests: { cpu: '1' }, limits: { cpu: '2' } },
            livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 },
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          },
        ],
        volumes: [{ name: 'v', configMap: { name: 'm', items: [{ key: 'k', path: 'p' }] } }],
        tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoSchedule' }],
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'z', labelSelector: { matchLabels: { a: 'b' } } },
            ],
          },
        },
      },
    },
  ],
  [
    '/apis/apps/v1/namespaces/default/deployments',
    {
      metadata: { name: 'd' },
      spec: {
        replicas: 2,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%' } },
        selector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [{ name: 'c', image: 'i' }] },
        },
      },
    },
  ],
  [
    '/apis/apps/v1/namespaces/default/statefulsets',
    {
      metadata: { name: 's' },
      spec: {
        serviceName: 's',
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [{ name: 'c', image: 'i' }] },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'v' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: '1Gi' } },
            },
          },
        ],
      },
    },
  ],
  [
    '/apis/batch/v1/namespaces/default/cronjobs',
    {
      metadata: { name: 'c' },
      spec: {
        schedule: '*/5 * * * *',
        timeZone: 'Europe/Berlin',
        jobTemplate: {
          spec: {
            podFailurePolicy: {
              rules: [{ action: 'Ignore', onPodConditions: [{ type: 'X', status: 'True' }] }],
            },
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
            },
          },
        },
      },
    },
  ],
  [
    '/api/v1/namespaces/default/services',
    {
      metadata: { name: 'v' },
      spec: { type: 'NodePort', selector: { a: 'b' }, ports: [{ port: 80, targetPort: 'http' }] },
    },
  ],
  [
    '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
    {
      metadata: { name: 'h' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        maxReplicas: 3,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
          },
        ],
      },
    },
  ],
  [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    {
      metadata: { name: 'ws.x.y' },
      spec: {
        group: 'x.y',
        scope: 'Namespaced',
        names: { plural: 'ws', kind: 'W' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            additionalPrinterColumns: [{ name: 'S', type: 'integer', jsonPath: '.spec.size' }],
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
              },
            },
          },
        ],
      },
    },
  ],
  [
    '/api/v1/namespaces/default/resourcequotas',
    { metadata: { name: 'q' }, spec: { hard: { pods: '10', 'requests.cpu': '4' } } },
  ],
  [
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    {
      metadata: { name: 'r' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
  ],
  [
    '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
    {
      metadata: { name: 'e' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
      ports: [{ name: 'http', port: 80 }],
    },
  ],
  [
    '/api/v1/namespaces/default/events',
    {
      metadata: { name: 'x', namespace: 'default' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
      reason: 'R',
      lastTimestamp: '2026-01-01T00:00:00Z',
    },
  ],
];

/** Every place in a JSON value, as a path. */
function placesIn(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, one]) => placesIn(one, [...at, key]))];
}

function replaced(value: unknown, [first, ...rest]: readonly string[], by: unknown): unknown {
  if (first === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((one, i) => (String(i) === first ? replaced(one, rest, by) : one));
  }
  const old = value as Readonly<Record<string, unknown>>;
  return { ...old, [first]: replaced(old[first], rest, by) };
}

const odd = fc.oneof(
  fc.constantFrom<unknown>('', 'x', '__proto__', '\u0000', null, true, 0, 7, 2 ** 40),
  fc.constantFrom<unknown>([], {}, [null], [{}], [[]], { x: null }, 1e300, -1, 0.5, '-1', '99Zi'),
  fc.constantFrom<unknown>('a'.repeat(300), 'é', '../x', '2026-13-99', '%', '\ud800', [1, 'a']),
);

test('an object with one odd value is stored or refused, and so is each change of it', async () => {
  const one = fc
    .constantFrom(...whole)
    .chain(([path, object]) =>
      fc.tuple(
        fc.constant(path),
        fc.constant(object),
        fc.constantFrom(...placesIn(object)),
        odd,
        fc.constantFrom(...patchTypes),
      ),
    );
  const ask = async (method: string, path: string, body: unknown, type: string) => {
    const response = await fetch(serving.url + path, {
      method,
      headers: { 'Content-Type': type },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    assert.not.match(text, /Internal error occurred: (?!.*strict)/, `${method} ${path} ${text}`);
    assert.ok('kind' in (JSON.parse(text) as object), text);
  };
  await fc.assert(
    fc.asyncProperty(one, async ([path, object, place, value, type]) => {
      const spoilt = replaced(object, place, value);
      const { name } = (object as { metadata: { name: string } }).metadata;
      await ask('POST', path, spoilt, 'application/json');
      await ask('POST', path, object, 'application/json');
      await ask('PUT', `${path}/${name}`, spoilt, 'application/json');
      await ask('PATCH', `${path}/${name}?fieldManager=x`, spoilt, type);
      await ask('PATCH', `${path}/${name}/status?fieldManager=x`, { status: value }, type);
      await ask('DELETE', `${path}/${name}`, { gracePeriodSeconds: 0 }, 'application/json');
      // What was stored must not be too much for those who look after it.
      const played = await fetch(`${serving.url}/kubestep/step?moves=200`, { method: 'POST' });
      assert.is(played.status, 200, await played.text());
    }),
    { numRuns: objects, includeErrorInReport: true },
  );
});

test.run();
