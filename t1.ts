import { createCluster } from './src/sim/cluster.ts';
import { settle } from './src/sim/settle.ts';
const n = Number(process.argv[2] ?? 3), nodes = Number(process.argv[3] ?? 3), verbose = process.argv[4];
function run(n: number) {
  const c0 = process.cpuUsage();
  const cluster = createCluster({ nodes: Array.from({length: nodes}, (_, i) => ({ name: `n${i+1}`, pods: 2000, cpu: '1000', memory:'4000Gi' })), kubelet: (process.argv[5] as any) ?? 'typical' });
  const s = cluster.simulation;
  settle(s, { horizonMs: 1000 });
  const r = s.submit({ verb: 'create', kind: 'Deployment', namespace: 'default', object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: n, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'web:v1', resources:{requests:{cpu:'100m'}} }] } } } } as any });
  if (!r.ok) console.log(r.status);
  const res = settle(s, { horizonMs: 30000 });
  const cpu = process.cpuUsage(c0);
  const d: any = s.store.get('Deployment', 'default/web');
  console.log(JSON.stringify(res), 'entries', s.log.length, 'rev', s.store.revision, 'now', s.now, JSON.stringify(d.status).slice(0, 200), 'cpu ms', (cpu.user + cpu.system) / 1000);
  return s;
}
const s = run(n);
if (verbose === 'v') for (const e of s.log.entries) {
  if (e.type === 'write') console.log(e.n, e.t, e.by, e.verb, e.kind, e.key, e.subresource ?? '', JSON.stringify(e.causes), e.kind === 'Event' ? (e.after as any).reason + ': ' + (e.after as any).message : '');
  else if (e.type === 'reconciled') console.log(e.n, e.t, '  reconciled', e.by, e.key, JSON.stringify(e.result));
  else if (e.type === 'rejected') console.log(e.n, e.t, e.by, 'REJECTED', e.verb, e.kind, e.key, e.message);
}
if (verbose === 'b') { for (let i = 0; i < 5; i++) run(n); }
