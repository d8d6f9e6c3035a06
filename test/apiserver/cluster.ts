/** An API server with an empty store, and what the tests of it say again and again. */
import * as assert from 'uvu/assert';
import { indexesOf } from '../../src/api/index.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { Status } from '../../src/api/status.ts';
import { ApiServer } from '../../src/apiserver/apiserver.ts';
import type { CreateRequest, DeleteOptions, Request } from '../../src/apiserver/request.ts';
import type { Entry, WriteEntry } from '../../src/log/entry.ts';
import { Log } from '../../src/log/log.ts';
import { Metrics } from '../../src/sim/metrics.ts';
import { Store } from '../../src/store/store.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
export type Any = any;

export class TestCluster {
  readonly log = new Log();
  readonly store = new Store(indexesOf);
  now = 0;
  readonly seed = 1;
  readonly metrics = new Metrics(this);
  readonly api: ApiServer;

  constructor() {
    this.log.observe((entry) => {
      if (entry.type === 'write') this.store.apply(entry);
    });
    this.api = new ApiServer(this.store, this.log, this);
    this.create('Namespace', { metadata: { name: 'default' } });
  }

  get last(): Entry {
    return this.log.at(this.log.length)!;
  }

  /** Changes since the log had `length` entries, as `verb kind/subresource key`. */
  writesSince(length: number): readonly string[] {
    return this.log.entries
      .slice(length)
      .filter((entry): entry is WriteEntry => entry.type === 'write')
      .map(({ verb, kind, key, subresource, after }) => {
        const what = subresource === undefined ? kind : `${kind}/${subresource}`;
        return `${verb} ${what} ${key}${after === undefined ? ' removed' : ''}`;
      });
  }

  /** Makes a request that must succeed. */
  ok(request: Request): Any {
    const response = this.api.handle(request, 'user/test', []);
    assert.ok(response.ok, response.ok ? '' : response.status.message);
    return response.ok ? (response.object ?? response.list) : undefined;
  }

  /** Makes a request that must be refused. */
  refused(request: Request): Status {
    const response = this.api.handle(request, 'user/test', []);
    assert.not(response.ok, 'was accepted');
    return (response as { status: Status }).status;
  }

  create(kind: string, object: Any, namespace?: string): Any {
    return this.ok(creation(kind, object, namespace));
  }

  get(kind: string, name: string, namespace = 'default'): Any {
    return this.ok({ verb: 'get', kind, name, namespace });
  }

  exists(kind: string, name: string, namespace = 'default'): boolean {
    const key = kind === 'Node' || kind === 'Namespace' ? name : `${namespace}/${name}`;
    return this.store.get(kind, key) !== undefined;
  }

  update(object: Any, subresource?: string): Any {
    return this.ok(updating(object, subresource));
  }

  merge(kind: string, name: string, patch: unknown, subresource?: string): Any {
    return this.ok(merging(kind, name, patch, subresource));
  }

  delete(kind: string, name: string, options: DeleteOptions = {}): Any {
    return this.ok({ verb: 'delete', kind, name, namespace: 'default', options });
  }

  bind(name: string, node = 'n1'): Any {
    return this.ok(binding(name, { target: { kind: 'Node', name: node } }));
  }
}

export const creation = (kind: string, object: Any, namespace?: string): CreateRequest => ({
  verb: 'create',
  kind,
  ...(namespace === undefined ? {} : { namespace }),
  object,
});

export const updating = (object: KubeObject, subresource?: string): Request => ({
  verb: 'update',
  kind: object.kind,
  object,
  ...(subresource === undefined ? {} : { subresource }),
});

export const merging = (
  kind: string,
  name: string,
  patch: unknown,
  subresource?: string,
): Request => ({
  verb: 'patch',
  kind,
  namespace: 'default',
  name,
  patchType: 'merge',
  patch,
  ...(subresource === undefined ? {} : { subresource }),
});

export const binding = (name: string, object: unknown): Request => ({
  verb: 'create',
  kind: 'Pod',
  namespace: 'default',
  name,
  subresource: 'binding',
  object,
});

export const podSpec = { containers: [{ name: 'c', image: 'web:v1' }] };

export const pod = (name: string, spec: object = podSpec, metadata: object = {}): Any => ({
  metadata: { name, namespace: 'default', ...metadata },
  spec,
});

export const deployment = (name: string, spec: object = {}, metadata: object = {}): Any => ({
  metadata: { name, namespace: 'default', ...metadata },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec },
    ...spec,
  },
});
