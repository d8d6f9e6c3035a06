/** The few things that a small client does: asks, reads lines as they come, and looks up what is served. */

export class Wire {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** The answer, a refusal too. */
  async ask<T>(method: string, path: string, body?: unknown, type = 'application/json') {
    const response = await fetch(this.#url + path, {
      method,
      headers: { 'Content-Type': type, Authorization: `Bearer ${this.#token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  }

  /** Ends when the other side does. */
  async *lines(path: string): AsyncGenerator<string> {
    const response = await fetch(this.#url + path, {
      headers: { Authorization: `Bearer ${this.#token}` },
    });
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
        const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
        rest = lines.pop()!;
        yield* lines;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

export interface Resource {
  readonly kind: string;
  /** Of all objects, or of those in a namespace. */
  readonly path: (namespace?: string) => string;
}

/** Groups that show objects of others a second time, or only say who is alive. */
const leftOut = new Set(['events.k8s.io', 'coordination.k8s.io']);

/** What discovery says can be watched, in the version that it prefers. */
export async function resourcesOf(wire: Wire): Promise<readonly Resource[]> {
  interface Listed {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }
  const { groups } = await wire.ask<{
    groups: { name: string; preferredVersion: { groupVersion: string } }[];
  }>('GET', '/apis');
  const bases = ['/api/v1'];
  for (const { name, preferredVersion } of groups) {
    if (!leftOut.has(name)) bases.push(`/apis/${preferredVersion.groupVersion}`);
  }
  const all: Resource[] = [];
  for (const base of bases) {
    const { resources } = await wire.ask<{ resources: Listed[] }>('GET', base);
    for (const { name, kind, namespaced, verbs } of resources) {
      if (!verbs.includes('watch')) continue;
      const path = (namespace?: string) =>
        namespaced && namespace !== undefined
          ? `${base}/namespaces/${namespace}/${name}`
          : `${base}/${name}`;
      all.push({ kind, path });
    }
  }
  return all;
}
