/** The operations of a group and version, as both versions of OpenAPI describe them (api-01 §4). */
import { typeNameOf } from '../../api/structure.ts';
import type { ResourceEntry, SubresourceEntry } from '../resources.ts';
import { apiVersionOf, type Gvk, operationId, tagOf } from './names.ts';

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';

export interface Operation {
  /** `/apis/apps/v1/namespaces/{namespace}/deployments/{name}` */
  readonly path: string;
  readonly method: Method;
  /** `list`, `post`, `connect`: what Kubernetes calls it. */
  readonly action: string;
  /** What the path is about. */
  readonly gvk: Gvk;
  readonly id: string;
  readonly tag: string;
  /** What is sent: the object, a patch, options, or nothing. */
  readonly takes: 'object' | 'patch' | 'options' | undefined;
  readonly answers: 'object' | 'list' | 'status' | 'text';
  /** Media types of what is sent. */
  readonly consumes: readonly string[];
  /** The parameters of its query, by name. */
  readonly query: readonly string[];
}

/** Types of those parameters that are not texts. */
export const parameterTypes: Readonly<Record<string, 'boolean' | 'integer'>> = {
  allowWatchBookmarks: 'boolean',
  follow: 'boolean',
  force: 'boolean',
  gracePeriodSeconds: 'integer',
  ignoreStoreReadErrorWithClusterBreakingPotential: 'boolean',
  insecureSkipTLSVerifyBackend: 'boolean',
  limit: 'integer',
  limitBytes: 'integer',
  orphanDependents: 'boolean',
  ports: 'integer',
  previous: 'boolean',
  sendInitialEvents: 'boolean',
  sinceSeconds: 'integer',
  stderr: 'boolean',
  stdin: 'boolean',
  stdout: 'boolean',
  tailLines: 'integer',
  timeoutSeconds: 'integer',
  timestamps: 'boolean',
  tty: 'boolean',
  watch: 'boolean',
};

const selecting = [
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
];
const writing = ['dryRun', 'fieldManager', 'fieldValidation'];
const deleting = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
];

const patches = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

type Does = Omit<Operation, 'path' | 'gvk' | 'id' | 'tag' | 'consumes'> & {
  /** First word of its name. */
  readonly word: string;
};

const does: Readonly<Record<string, Does>> = {
  list: verb('get', 'list', 'list', undefined, 'list', [
    'allowWatchBookmarks',
    ...selecting,
    'watch',
  ]),
  create: verb('post', 'post', 'create', 'object', 'object', writing),
  deletecollection: verb('delete', 'deletecollection', 'delete', 'options', 'status', [
    ...deleting,
    ...selecting,
  ]),
  get: verb('get', 'get', 'read', undefined, 'object', []),
  update: verb('put', 'put', 'replace', 'object', 'object', writing),
  patch: verb('patch', 'patch', 'patch', 'patch', 'object', [...writing, 'force']),
  delete: verb('delete', 'delete', 'delete', 'options', 'status', deleting),
};

function verb(
  method: Method,
  action: string,
  word: string,
  takes: Operation['takes'],
  answers: Operation['answers'],
  query: readonly string[],
): Does {
  return { method, action, word, takes, answers, query };
}

const onMany = ['list', 'create', 'deletecollection'];
const onOne = ['get', 'update', 'patch', 'delete'];
const onSub = ['get', 'create', 'update', 'patch'];

/** The operations on a resource and on its subresources. `prefix` is `/api/v1`, `/apis/apps/v1`. */
export function operationsOf(
  prefix: string,
  group: string,
  version: string,
  entry: ResourceEntry,
): readonly Operation[] {
  const { responseKind, scope, resource, verbs, subresources = [] } = entry;
  const here = { group, version };
  const gvk = {
    group: responseKind.group || group,
    version: responseKind.version || version,
    kind: responseKind.kind,
  };
  const isNamespaced = scope === 'Namespaced';
  const many = `${prefix}${isNamespaced ? '/namespaces/{namespace}' : ''}/${resource}`;
  const one = `${many}/{name}`;
  const words = [...(isNamespaced ? ['Namespaced'] : []), gvk.kind];
  const operation = (path: string, name: string, ...called: readonly string[]): Operation => {
    const { word, ...rest } = does[name]!;
    const names = { id: operationId(word, here, ...called), tag: tagOf(here) };
    return { path, gvk, ...names, ...rest, consumes: consumesOf(rest, gvk) };
  };
  const collected = (name: string) => (name === 'deletecollection' ? ['Collection'] : []);
  return [
    ...onMany
      .filter((name) => verbs.includes(name))
      .map((name) => operation(many, name, ...collected(name), ...words)),
    ...(isNamespaced && verbs.includes('list')
      ? [operation(`${prefix}/${resource}`, 'list', gvk.kind, 'ForAllNamespaces')]
      : []),
    ...(verbs.includes('get') ? onOne : [])
      .filter((name) => verbs.includes(name))
      .map((name) => operation(one, name, ...words)),
    ...subresources.flatMap((sub) =>
      subOperations(`${one}/${sub.subresource}`, sub, words, gvk, here),
    ),
  ];
}

function subOperations(
  path: string,
  sub: SubresourceEntry,
  words: readonly string[],
  parent: Gvk,
  here: Pick<Gvk, 'group' | 'version'>,
): readonly Operation[] {
  const { group = '', version = '', kind = parent.kind } = sub.responseKind ?? {};
  const gvk = { group: group || parent.group, version: version || parent.version, kind };
  const tag = tagOf(here);
  const query = texts[sub.subresource];
  if (query !== undefined) {
    const isLog = sub.subresource === 'log';
    return connected
      .filter(([name]) => sub.verbs.includes(name))
      .map(([, method]) => ({
        path,
        method,
        action: isLog ? 'get' : 'connect',
        gvk,
        id: isLog
          ? operationId('read', here, ...words, sub.subresource)
          : operationId('connect', here, method, ...words, sub.subresource),
        tag,
        takes: undefined,
        answers: 'text',
        consumes: ['*/*'],
        query,
      }));
  }
  return onSub
    .filter((name) => sub.verbs.includes(name))
    .map((name) => {
      const { word, ...rest } = does[name]!;
      const id = operationId(word, here, ...words, sub.subresource);
      return { path, gvk, id, tag, ...rest, consumes: consumesOf(rest, gvk) };
    });
}

const streams = ['container', 'stderr', 'stdin', 'stdout', 'tty'];

/** Subresources that answer with bytes, and what may be asked of them. */
const texts: Readonly<Record<string, readonly string[]>> = {
  attach: streams,
  exec: ['command', ...streams],
  log: [
    'container',
    'follow',
    'insecureSkipTLSVerifyBackend',
    'limitBytes',
    'previous',
    'sinceSeconds',
    'stream',
    'tailLines',
    'timestamps',
  ],
  portforward: ['ports'],
  proxy: ['path'],
};

const connected: readonly (readonly [string, Method])[] = [
  ['get', 'get'],
  ['create', 'post'],
  ['update', 'put'],
  ['patch', 'patch'],
  ['delete', 'delete'],
];

/** Custom kinds take no strategic merge patches, and no protobuf. */
function consumesOf({ takes }: Pick<Operation, 'takes'>, gvk: Gvk): readonly string[] {
  const isBuiltIn = typeNameOf(apiVersionOf(gvk), gvk.kind) !== undefined;
  if (takes === 'patch')
    return isBuiltIn ? patches : patches.filter((one) => !/strategic/.test(one));
  return isBuiltIn ? ['*/*'] : ['application/json', 'application/yaml'];
}
