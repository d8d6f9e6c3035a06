/** The same in webernetes, the closest thing there is: control plane and kubelets in one process. */
import { BaseImage, Cluster } from '@ngrok/webernetes';

class Web extends BaseImage {
  static imageName = 'web';
  static imageVersion = 'v1';
  defaultCommand = ['serve'];
  async exec(context) {
    return await context.waitUntilKilled();
  }
}

const [pods = '1000', nodes = '20'] = process.argv.slice(2);
const replicas = Number(pods);
const cluster = new Cluster({ nodes: Number(nodes) });
cluster.registerImage(Web);
await cluster.init();
const labels = { app: 'web' };
await cluster.apply([
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'web:v1' }] } },
    },
  },
]);
const ready = new Set();
await new Promise((resolve) => {
  cluster.informer('pods', (_type, pod) => {
    const isReady = pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
    if (isReady && pod.metadata?.labels?.['app'] === 'web') ready.add(pod.metadata.name ?? '');
    if (ready.size >= replicas) resolve();
  });
});
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6 }));
process.exit(0);
