/** The OpenAPI documents that are served, each made when it is first asked for (api-01 §4). */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { clausesOf } from '../negotiation.ts';
import { type Answer, goJson, textAnswer } from '../reply.ts';
import type { Catalog, GroupEntry, VersionEntry } from '../resources.ts';
import { gnosticOf } from './gnostic.ts';
import type { CustomTypes } from './schemas.ts';
import { swaggerOf } from './version2.ts';
import { documentOf } from './version3.ts';

export class OpenApi {
  readonly #catalog: Catalog;
  readonly #customTypes: CustomTypes;
  readonly #documents = new Map<
    string,
    { readonly of: GroupEntry; readonly text: string; readonly hash: string }
  >();
  #swagger: Swagger | undefined;

  constructor(catalog: Catalog, customTypes: CustomTypes = () => undefined) {
    this.#catalog = catalog;
    this.#customTypes = customTypes;
  }

  /** `/openapi/v3`: where the documents are. */
  index(): Answer {
    const paths: Record<string, unknown> = {};
    for (const [path, group, version] of this.#places()) {
      const { hash } = this.#document(path, group, version);
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    }
    return textAnswer(200, `${goJson({ paths })}\n`);
  }

  /** `/openapi/v3/apis/apps/v1`; an old hash is sent on to the new one. */
  document(path: string, hash: string | null): Answer | undefined {
    const place = this.#places().find(([known]) => known === path);
    if (place === undefined) return undefined;
    const document = this.#document(...place);
    if (hash !== null && hash !== document.hash) {
      const Location = `/openapi/v3/${path}?hash=${document.hash}`;
      return { ...textAnswer(301, ''), headers: { Location } };
    }
    const headers = {
      ETag: `"${document.hash}"`,
      ...(hash === null ? {} : { 'Cache-Control': 'public, immutable' }),
    };
    return { ...textAnswer(200, document.text, 'application/json'), headers };
  }

  /**
   * `/openapi/v2`, in the form that `Accept` asks for: a client that takes protobuf only would not understand
   * anything else (kube-openapi, `RegisterOpenAPIVersionedService`).
   */
  everything(header: (name: string) => string | undefined): Answer {
    const form = formOf(header('accept'));
    if (form === undefined) return { ...textAnswer(406, ''), headers: { Vary: 'Accept' } };
    const groups = [...this.#catalog.core, ...this.#catalog.groups];
    if (!this.#swagger?.isOf(groups)) this.#swagger = new Swagger(groups, this.#customTypes);
    const { etag } = this.#swagger;
    const isPacked = takesGzip(header('accept-encoding'));
    const headers = { ETag: etag, Vary: ['Accept', 'Accept-Encoding'] };
    if (header('if-none-match') === etag) return { ...textAnswer(304, ''), headers };
    const { type, content } = this.#swagger.written(form, isPacked);
    return {
      ...textAnswer(200, content, type),
      headers: isPacked ? { ...headers, 'Content-Encoding': 'gzip' } : headers,
    };
  }

  #places(): readonly (readonly [string, GroupEntry, VersionEntry])[] {
    return [...this.#catalog.core, ...this.#catalog.groups].flatMap((group) =>
      group.versions.map((version) => [placeOf(group, version), group, version] as const),
    );
  }

  #document(path: string, of: GroupEntry, version: VersionEntry) {
    const known = this.#documents.get(path);
    if (known !== undefined && known.of === of) return known;
    const { name = '' } = of.metadata;
    const text = goJson(documentOf(`/${path}`, name, version, this.#customTypes));
    const document = { of, text, hash: hashOf(text) };
    this.#documents.set(path, document);
    return document;
  }
}

const placeOf = ({ metadata: { name } }: GroupEntry, { version }: VersionEntry): string =>
  name === undefined ? `api/${version}` : `apis/${name}/${version}`;

const hashOf = (text: string): string =>
  createHash('sha512').update(text).digest('hex').toUpperCase();

type Form = 'json' | 'protobuf';

const contentTypes: Readonly<Record<Form, string>> = {
  json: 'application/json',
  protobuf: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
};

const forms: Readonly<Record<string, Form>> = {
  'application/json': 'json',
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf': 'protobuf',
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf': 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
};

function formOf(accept: string | undefined): Form | undefined {
  if (accept === undefined || accept === '') return 'json';
  return clausesOf(accept)
    .map(({ type }) => forms[type])
    .find((form) => form !== undefined);
}

const takesGzip = (accepted: string | undefined): boolean =>
  clausesOf(accepted ?? '').some(({ type }) => type === 'gzip' || type === '*');

/** The document of everything, and each form of it that somebody wanted. */
class Swagger {
  readonly #groups: readonly GroupEntry[];
  readonly #document: ReturnType<typeof swaggerOf>;
  readonly #text: string;
  readonly etag: string;
  readonly #written = new Map<string, string | Uint8Array>();

  constructor(groups: readonly GroupEntry[], customTypes: CustomTypes) {
    this.#groups = groups;
    const places = groups.flatMap((group) =>
      group.versions.map((version) => ({
        prefix: `/${placeOf(group, version)}`,
        group: group.metadata.name ?? '',
        version,
      })),
    );
    this.#document = swaggerOf(places, customTypes);
    this.#text = goJson(this.#document);
    this.etag = `"${hashOf(this.#text)}"`;
  }

  /** Groups are made anew when they change. */
  isOf(groups: readonly GroupEntry[]): boolean {
    return (
      groups.length === this.#groups.length && groups.every((one, i) => one === this.#groups[i])
    );
  }

  written(form: Form, isPacked: boolean) {
    const key = `${form} ${isPacked}`;
    let content = this.#written.get(key);
    if (content === undefined) {
      const plain = form === 'json' ? this.#text : this.#gnostic();
      content = isPacked ? gzipSync(plain) : plain;
      this.#written.set(key, content);
    }
    return { type: contentTypes[form], content };
  }

  #gnostic(): Uint8Array {
    const known = this.#written.get('protobuf false') as Uint8Array | undefined;
    return known ?? gnosticOf(this.#document);
  }
}
