/** Recordings of real clusters, as changes of objects. They lie beside the project, not in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KubeObject, keyOf } from '../../src/api/meta.ts';

export interface Change {
  readonly n: number;
  readonly kind: string;
  readonly key: string;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

export interface Recording {
  readonly name: string;
  readonly changes: readonly Change[];
}

interface WatchEvent {
  readonly type: string;
  readonly object: KubeObject;
}

const root = '../shared/recordings';

export const present = existsSync(root);

const lines = (path: string): readonly unknown[] =>
  readFileSync(join(root, path), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Puts what each object was before in front of what it became. */
function recording(name: string, events: readonly WatchEvent[]): Recording {
  const known = new Map<string, KubeObject>();
  const changes = events.map(({ type, object }, index) => {
    const key = keyOf(object);
    const id = `${object.kind} ${key}`;
    const deleted = type === 'DELETED';
    const before = known.get(id) ?? (deleted ? object : undefined);
    if (deleted) known.delete(id);
    else known.set(id, object);
    return { n: index + 1, kind: object.kind, key, before, after: deleted ? undefined : object };
  });
  return { name, changes };
}

/** Scenarios played on a real 1.36 control plane. */
export const controlPlane = (): readonly Recording[] =>
  readdirSync(join(root, 'real-1.36')).flatMap((scenario) =>
    ['run-1', 'run-2']
      .map((run) => `real-1.36/${scenario}/${run}/watch.jsonl`)
      .filter((path) => existsSync(join(root, path)))
      .map((path) => recording(path, lines(path) as readonly WatchEvent[])),
  );

/** What real kubelets reported: a rollout, and starts and failures of single Pods. */
export function kubelets(): readonly Recording[] {
  const pods = 'pulumi-await-recordings/workflows/kubernetes/pod';
  const single = readdirSync(join(root, pods)).map((file) => {
    const objects = JSON.parse(readFileSync(join(root, pods, file), 'utf8')) as KubeObject[];
    const events = objects.map((object) => ({ type: 'MODIFIED', object }));
    return recording(`${pods}/${file}`, events);
  });
  const rollout = 'k8shark/rolling-update.watch.ndjson';
  return [recording(rollout, lines(rollout) as readonly WatchEvent[]), ...single];
}
