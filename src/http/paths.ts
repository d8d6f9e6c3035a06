/** Paths that are no resources: version, health, discovery (api-01 §1). */

import { answerIssuer, issuerPaths } from './auth/issuer.ts';
import type { Context, Incoming } from './context.ts';
import { answerControl } from './control.ts';
import {
  aggregated,
  legacyGroups,
  legacyResources,
  legacyVersions,
  oneGroup,
} from './discovery.ts';
import { answerHealth, healthPaths } from './health.ts';
import { answerPrometheus } from './metrics/collect.ts';
import { formOf } from './negotiation.ts';
import { type Answer, textAnswer } from './reply.ts';
import { serverVersion } from './version.ts';

const discoverable = { as: ['APIGroupDiscoveryList'], encodings: ['json'] } as const;

const nowhere = textAnswer(404, '404 page not found\n');

/** The answer to a path that names no resource. */
export function answerPath(
  incoming: Incoming,
  segments: readonly string[],
  context: Context,
): Answer {
  const [first, second, third] = segments;
  switch (first) {
    case undefined:
      return { code: 200, body: { paths: rootPaths(context) } };
    case 'version':
      return { code: 200, body: serverVersion };
    case 'healthz':
    case 'livez':
    case 'readyz':
      return answerHealth(first, segments.slice(1), incoming) ?? nowhere;
    case 'metrics':
      return second === undefined ? answerPrometheus(context) : nowhere;
    case 'api':
      if (third !== undefined) return nowhere;
      return second === undefined
        ? core(incoming, context)
        : found(legacyResources(context.catalog, '', second));
    case 'apis':
      if (second === undefined) return groups(incoming, context);
      return third === undefined
        ? found(oneGroup(context.catalog, second))
        : found(legacyResources(context.catalog, second, third));
    case 'kubestep':
      return answerControl(incoming, second, context);
    case '.well-known':
    case 'openid':
      return answerIssuer(segments, context) ?? nowhere;
    case 'openapi':
      return openApi(incoming, second, segments.slice(2), context);
    default:
      return nowhere;
  }
}

function openApi(
  { query, header }: Incoming,
  version: string | undefined,
  path: readonly string[],
  { openApi: documents }: Context,
): Answer {
  if (version === 'v2' && path.length === 0) return documents.everything(header);
  if (version !== 'v3') return nowhere;
  if (path.length === 0) return documents.index();
  return documents.document(path.join('/'), query.get('hash')) ?? nowhere;
}

const found = (body: unknown): Answer => (body === undefined ? nowhere : { code: 200, body });

function core({ header }: Incoming, { catalog, address }: Context): Answer {
  const form = formOf(header('accept'), discoverable);
  return form?.as === 'APIGroupDiscoveryList'
    ? aggregated(catalog.core, form, header('if-none-match'))
    : { code: 200, body: legacyVersions(address) };
}

function groups({ header }: Incoming, { catalog }: Context): Answer {
  const form = formOf(header('accept'), discoverable);
  return form?.as === 'APIGroupDiscoveryList'
    ? aggregated(catalog.groups, form, header('if-none-match'))
    : { code: 200, body: legacyGroups(catalog) };
}

function rootPaths({ catalog }: Context): readonly string[] {
  const grouped = catalog.groups.flatMap(({ metadata, versions }) => [
    `/apis/${metadata.name}`,
    ...versions.map((one) => `/apis/${metadata.name}/${one.version}`),
  ]);
  return [
    '/api',
    '/api/v1',
    '/apis',
    ...grouped,
    ...healthPaths,
    ...issuerPaths,
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/version',
  ].sort();
}
