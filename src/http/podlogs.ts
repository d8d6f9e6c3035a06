/** What containers have printed: GET of `pods/NAME/log`, once or as it goes on (api-09 §4). */
import type { ServerResponse } from 'node:http';
import { type KubeObject, makeKey } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { Status } from '../api/status.ts';
import { epochMs } from '../api/time.ts';
import { badRequest } from '../apiserver/reject.ts';
import type { LogLine } from '../kubelet/runtime/behaviour.ts';
import type { SimulatedContainer } from '../kubelet/runtime/runtime.ts';
import type { Context, Incoming } from './context.ts';
import { plain, send, statusAnswer, textAnswer } from './reply.ts';
import { notFoundIn } from './shape.ts';
import { isTrue, type Target } from './target.ts';

const lookEveryMs = 100;

export function podLogs(
  { query }: Incoming,
  target: Target,
  context: Context,
  response: ServerResponse,
): void {
  const { namespace, name } = target.info;
  const { simulation } = context.cluster;
  const pod = simulation.store.get<Pod & KubeObject>('Pod', makeKey(namespace, name!));
  if (pod === undefined) return send(response, notFoundIn(target.kind, name!), plain);
  const found = containerIn(pod, query, context);
  if ('reason' in found) return send(response, statusAnswer(found), plain);
  const { container, lines } = found;
  const shown = selected(lines(), query, simulation.now);
  const text = shown.map((line) => textOf(line, query)).join('');
  if (!isTrue(query.get('follow'))) {
    const limit = Number(query.get('limitBytes') ?? Number.POSITIVE_INFINITY);
    return send(response, textAnswer(200, text.slice(0, limit), 'text/plain'), plain);
  }
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.write(text);
  let told = lines().length;
  const timer = setInterval(() => {
    const all = lines();
    for (const line of all.slice(told)) response.write(textOf(line, query));
    told = all.length;
    if (container.state === 'exited') response.end();
  }, lookEveryMs);
  response.on('close', () => clearInterval(timer));
}

interface Found {
  readonly container: SimulatedContainer;
  readonly lines: () => readonly LogLine[];
}

function containerIn(pod: Pod, query: URLSearchParams, { cluster }: Context): Found | Status {
  const { name } = pod.metadata;
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const names = all.map((one) => one.name);
  const wanted = query.get('container') || (names.length === 1 ? names[0] : undefined);
  if (wanted === undefined) {
    const choice = `choose one of: [${names.join(' ')}]`;
    return badRequest(`a container name must be specified for pod ${name}, ${choice}`);
  }
  if (!names.includes(wanted)) {
    return badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  if (pod.spec.nodeName === undefined) {
    return badRequest(`pod ${name} does not have a host assigned`);
  }
  const runtime = cluster.runtimeOf(pod.spec.nodeName);
  const containers = (runtime?.pod(pod.metadata.uid)?.containers ?? []).filter(
    (one) => one.name === wanted,
  );
  const previous = isTrue(query.get('previous'));
  const container = containers.at(previous ? -2 : -1);
  if (runtime === undefined || container?.startedAt === undefined) {
    const what = previous
      ? `previous terminated container "${wanted}" in pod "${name}" not found`
      : `container "${wanted}" in pod "${name}" is waiting to start: ContainerCreating`;
    return badRequest(what);
  }
  return { container, lines: () => runtime.logs(container) };
}

function selected(
  lines: readonly LogLine[],
  query: URLSearchParams,
  now: number,
): readonly LogLine[] {
  const seconds = query.get('sinceSeconds');
  const time = query.get('sinceTime');
  const tail = query.get('tailLines');
  const since = Math.max(
    seconds === null ? Number.NEGATIVE_INFINITY : now - Number(seconds) * 1000,
    time === null ? Number.NEGATIVE_INFINITY : Date.parse(time) - epochMs,
  );
  const recent = lines.filter(({ atMs }) => atMs >= since);
  if (tail === null || !(Number(tail) >= 0)) return recent;
  return Number(tail) === 0 ? [] : recent.slice(-Number(tail));
}

function textOf({ atMs, text }: LogLine, query: URLSearchParams): string {
  if (!isTrue(query.get('timestamps'))) return `${text}\n`;
  const stamp = new Date(epochMs + atMs).toISOString().replace('Z', '000000Z');
  return `${stamp} ${text}\n`;
}
