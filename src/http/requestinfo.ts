/**
 * What a path and a method ask for (api-01, api-02): one object, a collection, a subresource, or
 * something that is no resource. The words are upstream's `RequestInfo`.
 */

export interface ResourceRequest {
  readonly isResource: true;
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  /** Plural, lower case: `pods`. */
  readonly resource: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** What follows the subresource, as in `proxy/a/b`. */
  readonly rest: string;
  /** A legacy `/watch/` path. */
  readonly watch: boolean;
}

export interface OtherRequest {
  readonly isResource: false;
  /** Decoded segments, without empty ones at either end. */
  readonly segments: readonly string[];
}

export type RequestInfo = ResourceRequest | OtherRequest;

/** Subresources of a Namespace; everything else below one is a namespaced resource. */
const ofNamespaces = new Set(['status', 'finalize']);

/** `undefined`: the path is not decodable, or names what no key can hold. */
export function requestInfo(path: string): RequestInfo | undefined {
  const segments: string[] = [];
  for (const part of path.split('/')) {
    if (part === '') continue;
    let segment: string;
    try {
      segment = decodeURIComponent(part);
    } catch {
      return undefined;
    }
    // Paths are read after they are decoded, so an encoded slash parts segments as another one does.
    const parts = segment.split('/').filter((one) => one !== '');
    if (parts.some((one) => one === '.' || one === '..' || one.includes('\0'))) return undefined;
    segments.push(...parts);
  }
  return resourceRequest(segments) ?? { isResource: false, segments };
}

function resourceRequest(segments: readonly string[]): ResourceRequest | undefined {
  const [prefix] = segments;
  if (prefix === 'api' && segments.length > 2) {
    return below('', segments[1]!, segments.slice(2));
  }
  if (prefix === 'apis' && segments.length > 3) {
    return below(segments[1]!, segments[2]!, segments.slice(3));
  }
  return undefined;
}

function below(group: string, version: string, given: readonly string[]): ResourceRequest {
  const watch = given[0] === 'watch' && given.length > 1;
  const parts = watch ? given.slice(1) : given;
  const isInNamespace =
    parts[0] === 'namespaces' && parts.length > 2 && !ofNamespaces.has(parts[2]!);
  const [resource, name, subresource, ...rest] = isInNamespace ? parts.slice(2) : parts;
  return {
    isResource: true,
    group,
    version,
    namespace: isInNamespace ? parts[1] : undefined,
    resource: resource!,
    name,
    subresource,
    rest: rest.join('/'),
    watch,
  };
}
