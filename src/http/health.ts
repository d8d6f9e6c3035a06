/** `/healthz`, `/livez` and `/readyz`: what is checked, one by one or together (upstream's healthz.go). */
import type { Incoming } from './context.ts';
import { type Answer, textAnswer } from './reply.ts';

const hook = (name: string): string => `poststarthook/${name}`;

/** Things that are there as soon as anything is answered; what readiness and liveness differ in is said beside. */
const alive = [
  'ping',
  'log',
  'etcd',
  ...[
    'start-apiextensions-controllers',
    'crd-informer-synced',
    'priority-and-fairness-config-producer',
    'bootstrap-controller',
    'rbac/bootstrap-roles',
    'scheduling/bootstrap-system-priority-classes',
    'apiservice-discovery-controller',
    'apiservice-openapiv3-controller',
  ].map(hook),
];

const checksOf: Readonly<Record<string, readonly string[]>> = {
  healthz: alive,
  livez: alive,
  readyz: [...alive.slice(0, 3), 'etcd-readiness', 'informer-sync', ...alive.slice(3), 'shutdown'],
};

const headers = { 'X-Content-Type-Options': 'nosniff' };

const text = (content: string): Answer => ({ ...textAnswer(200, content), headers });

/** Undefined: there is no such check. */
export function answerHealth(
  endpoint: string,
  path: readonly string[],
  { query }: Incoming,
): Answer | undefined {
  const checks = checksOf[endpoint] ?? [];
  if (path.length > 0) return checks.includes(path.join('/')) ? text('ok') : undefined;
  if (!query.has('verbose')) return text('ok');
  const excluded = new Set(query.getAll('exclude'));
  const lines = checks.map((name) =>
    excluded.delete(name) ? `[+]${name} excluded: ok\n` : `[+]${name} ok\n`,
  );
  const unknown = [...excluded].sort().map((name) => JSON.stringify(name));
  const warning = `warn: some health checks cannot be excluded: no matches for ${unknown.join(', ')}\n`;
  return text(`${lines.join('')}${unknown.length === 0 ? '' : warning}${endpoint} check passed\n`);
}

/** `/livez/etcd`, and so on, as the root of the server lists them. */
export const healthPaths: readonly string[] = Object.entries(checksOf).flatMap(
  ([endpoint, checks]) => [`/${endpoint}`, ...checks.map((name) => `/${endpoint}/${name}`)],
);
