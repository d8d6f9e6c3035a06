/**
 * A user's operator whose Deployment is sized by an autoscaler: it makes what a ConfigMap asks for, and
 * leaves the size to others.
 */
import type { Deployment } from '../../src/api/deployment.ts';
import type { Draft, KubeObject } from '../../src/api/meta.ts';
import { type Controller, call, failed } from '../../src/sim/controller.ts';

/** The size to begin with. */
const size = 2;
const app = { app: 'web' };

const templateOf = (image: string) => ({
  metadata: { labels: app },
  spec: { containers: [{ name: 'c', image, resources: { requests: { cpu: '200m' } } }] },
});

const imageOf = ({ spec }: Deployment): string | undefined =>
  spec.template.spec.containers[0]?.image;

export const webOperator = (): Controller => ({
  name: 'web-operator',
  watches: ['ConfigMap', 'Deployment'],
  keysFor({ key, object }, { queue }) {
    if (object.metadata.name === 'web') queue.add(key);
  },
  *reconcile(key, { view }) {
    const config = view.get<KubeObject & { data?: { image?: string } }>('ConfigMap', key);
    const image = config?.data?.image;
    if (config === undefined || image === undefined) return undefined;
    const { name, namespace = '' } = config.metadata;
    const kind = 'Deployment';
    const found = view.get<Deployment>(kind, key);
    if (found === undefined) {
      const spec = { replicas: size, selector: { matchLabels: app }, template: templateOf(image) };
      const object = { apiVersion: 'apps/v1', kind, metadata: { name }, spec } as Draft;
      const made = yield* call({ verb: 'create', kind, namespace, object });
      return made.ok ? undefined : failed(made.status);
    }
    if (imageOf(found) === image) return undefined;
    const patch = { spec: { template: templateOf(image) } };
    const patched = yield* call({
      verb: 'patch',
      kind,
      namespace,
      name,
      patchType: 'strategic',
      patch,
    });
    return patched.ok ? undefined : failed(patched.status);
  },
});
