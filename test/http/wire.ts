/** A client without any library, for tests of what programs ask a server for. */
import * as assert from 'uvu/assert';
import { type ServeOptions, type Serving, serve } from '../../src/http/server.ts';
import { type Cluster, type ClusterOptions, createCluster } from '../../src/sim/cluster.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into answers
export type Any = any;

export interface Asked {
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
}

export interface Answered {
  readonly code: number;
  readonly type: string;
  readonly body: Any;
  readonly headers: Headers;
}

export const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export class Wire {
  readonly cluster: Cluster;
  readonly serving: Serving;

  private constructor(cluster: Cluster, serving: Serving) {
    this.cluster = cluster;
    this.serving = serving;
  }

  /** A cluster that does all it has to between two requests. */
  static async up(options: ClusterOptions = {}, more: Partial<ServeOptions> = {}): Promise<Wire> {
    const cluster = createCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }], ...options });
    const common = { port: 0, insecure: true, speed: 'max', paused: false, token: 't' } as const;
    return new Wire(cluster, await serve({ cluster, ...common, ...more }));
  }

  end(): Promise<void> {
    return this.serving.close();
  }

  async ask(method: string, path: string, asked: Asked = {}): Promise<Answered> {
    const { body, type = 'application/json', accept = 'application/json' } = asked;
    const response = await fetch(this.serving.url + path, {
      method,
      headers: { Accept: accept, ...(body === undefined ? {} : { 'Content-Type': type }) },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answered = response.headers.get('content-type') ?? '';
    const isJson = answered.includes('json');
    return {
      code: response.status,
      type: answered,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Any) : text,
    };
  }

  /** The body of an answer that must be of this code. */
  async ok(method: string, path: string, asked: Asked = {}, code?: number): Promise<Any> {
    const answered = await this.ask(method, path, asked);
    const isGood = code === undefined ? answered.code < 300 : answered.code === code;
    assert.ok(isGood, `${method} ${path}: ${answered.code} ${JSON.stringify(answered.body)}`);
    return answered.body;
  }

  get(path: string): Promise<Any> {
    return this.ok('GET', path);
  }

  post(path: string, body: unknown): Promise<Any> {
    return this.ok('POST', path, { body });
  }

  async names(path: string): Promise<readonly string[]> {
    const { items } = await this.get(path);
    return (items as Any[]).map(({ metadata }) => metadata.name);
  }

  /** The events of a watch, as they come; `until` ends it. */
  async watch(
    path: string,
    until: (events: readonly Any[]) => boolean,
    meanwhile: () => Promise<unknown> = async () => {},
  ): Promise<readonly Any[]> {
    const abort = new AbortController();
    const response = await fetch(this.serving.url + path, { signal: abort.signal });
    assert.is(response.status, 200);
    const events: Any[] = [];
    const reading = (async () => {
      let text = '';
      const decoder = new TextDecoder();
      for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(part, { stream: true });
        const lines = text.split('\n');
        text = lines.pop()!;
        for (const line of lines) events.push(JSON.parse(line));
        if (until(events)) return;
      }
    })();
    await meanwhile();
    const late = setTimeout(() => abort.abort(), 10_000);
    await reading.catch(() => {});
    clearTimeout(late);
    abort.abort();
    assert.ok(until(events), `watch ${path}: ${JSON.stringify(events.map(({ type }) => type))}`);
    return events;
  }
}
