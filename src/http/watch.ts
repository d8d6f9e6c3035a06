/** Watches over HTTP: a stream of events, as lines or as frames, at the pace of its reader (api-03 §3). */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { nameOf, readAs } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { rejection, type Status } from '../api/status.ts';
import { spoken } from '../api/versions/index.ts';
import {
  parseVersion,
  unreadableVersion,
  watchVersionRefusal,
} from '../apiserver/resourceversions.ts';
import { selectionOf } from '../apiserver/selection.ts';
import { tooOld, type Watched, WatchStream } from '../apiserver/watch.ts';
import { listRequest } from './asking.ts';
import type { Context, Incoming } from './context.ts';
import { type Form, formOf, mediaTypes, notAcceptableText } from './negotiation.ts';
import { encodeEvent, hasMessage } from './protobuf/encode.ts';
import { goJson, plain, send, statusAnswer } from './reply.ts';
import { includeObjectOf } from './shape.ts';
import { responseSink, type Sink } from './sink.ts';
import { partial, tableOf } from './table.ts';
import { apiVersionOf, isTrue, type Target } from './target.ts';
import { textOf } from './texts.ts';
import { warningsOf } from './warnings.ts';

const bookmarkEveryMs = 60_000;
const bookmarkBeforeEndMs = 2_000;

/** Characters, or bytes, that are written together: as many as may wait for a reader. */
const togetherMax = 16 * 1024;

/** @param opened where events go, once nothing speaks against it */
export function watch(
  incoming: Incoming,
  target: Target,
  context: Context,
  response: ServerResponse,
  opened: (headers: OutgoingHttpHeaders) => Sink = (headers) => responseSink(response, headers),
): void {
  const form = formOf(incoming.header('accept'), {
    as: ['Table', 'PartialObjectMetadata'],
    encodings: ['json', 'protobuf'],
  });
  if (form === undefined) {
    const why = rejection('NotAcceptable', notAcceptableText, {});
    return send(response, statusAnswer(why), plain);
  }
  const begun = begin(incoming, target, context);
  if ('status' in begun) return send(response, statusAnswer(begun), plain);
  const isProtobuf =
    form.encoding === 'protobuf' &&
    form.as === 'object' &&
    hasMessage(apiVersionOf(target.info), target.kind.kind);
  const type = isProtobuf ? `${mediaTypes.protobuf};stream=watch` : mediaTypes.json;
  const warnings = warningsOf(target.kind);
  const warned = warnings.length === 0 ? {} : { Warning: [...warnings] };
  const sink = opened({ 'Content-Type': type, ...warned });
  new Connection(incoming, target, context, sink, form, isProtobuf, begun).start();
}

interface Begun {
  readonly stream: WatchStream;
  /** What is told before the changes. */
  readonly initial: readonly KubeObject[];
  /** Revision of the initial state, if its end is to be marked. */
  readonly initialEnd: number | undefined;
  /** Too old: the stream opens, says so, and ends. */
  readonly expired: Status | undefined;
}

function begin(
  { query }: Incoming,
  { kind, info }: Target,
  { cluster, lagMax }: Context,
): Begun | Status {
  const { store } = cluster.simulation;
  const namespace = kind.namespaced ? info.namespace : undefined;
  const request = listRequest(query, kind, namespace, apiVersionOf(info));
  if ('status' in request) return request;
  const byName = info.watch && info.name !== undefined ? [`metadata.name=${info.name}`] : [];
  const fieldSelector = [request.fieldSelector ?? '', ...byName]
    .filter((text) => text !== '')
    .join(',');
  const selection = selectionOf({ ...request, fieldSelector }, kind);
  if (!selection.ok) return selection.status;
  const { matches } = selection;
  const text = request.resourceVersion ?? '';
  const refusal = watchVersionRefusal(request);
  if (refusal !== undefined) return refusal;
  const version = parseVersion(text);
  if (version === undefined) return unreadableVersion(text);
  const { sendInitialEvents } = request;
  const wantsInitial = sendInitialEvents ?? version === 0;
  if (wantsInitial) {
    const since = store.revision;
    const all =
      namespace === undefined
        ? store.view().list(nameOf(kind))
        : store.view().by(nameOf(kind), 'namespace', namespace);
    return {
      stream: new WatchStream(store, kind, { namespace, since, matches, lagMax }),
      initial: all.map((object) => readAs(object, kind)).filter(matches),
      initialEnd: sendInitialEvents === undefined ? undefined : since,
      expired: undefined,
    };
  }
  const since = version === 0 ? store.revision : version;
  return {
    stream: new WatchStream(store, kind, { namespace, since, matches, lagMax }),
    initial: [],
    initialEnd: undefined,
    expired: tooOld(version, store),
  };
}

class Connection {
  readonly #incoming: Incoming;
  readonly #target: Target;
  readonly #context: Context;
  readonly #sink: Sink;
  readonly #form: Form;
  /** Tables and kinds without a message go as JSON, even to those who would rather not. */
  readonly #isProtobuf: boolean;
  readonly #begun: Begun;
  readonly #started: number;
  readonly #cancels: (() => void)[] = [];
  #bookmarked: number;
  #saidColumns = false;
  #draining = false;
  #scheduled = false;
  #ended = false;
  /** To be written together, at the end of a turn. */
  #waiting: (string | Uint8Array)[] = [];
  #length = 0;

  constructor(
    incoming: Incoming,
    target: Target,
    context: Context,
    sink: Sink,
    form: Form,
    isProtobuf: boolean,
    begun: Begun,
  ) {
    this.#incoming = incoming;
    this.#target = target;
    this.#context = context;
    this.#sink = sink;
    this.#form = form;
    this.#isProtobuf = isProtobuf;
    this.#begun = begun;
    this.#started = begun.stream.revision;
    this.#bookmarked = begun.stream.revision;
  }

  start(): void {
    const { stream, initial, initialEnd, expired } = this.#begun;
    if (expired !== undefined) {
      this.#write('ERROR', expired);
      this.#flush();
      return this.#end();
    }
    for (const object of initial) this.#event({ type: 'ADDED', object });
    if (initialEnd !== undefined && this.#wantsBookmarks) this.#bookmark(initialEnd, true);
    this.#sink.onClose(() => this.#end());
    this.#sink.onDrain(() => {
      this.#draining = false;
      this.#pump();
    });
    this.#cancels.push(stream.onChange(() => this.#soon()));
    this.#limitTime();
    if (this.#wantsBookmarks) {
      const timer = setInterval(() => this.#bookmarkNow(), bookmarkEveryMs);
      this.#cancels.push(() => clearInterval(timer));
    }
    this.#pump();
  }

  get #wantsBookmarks(): boolean {
    return isTrue(this.#incoming.query.get('allowWatchBookmarks'));
  }

  #limitTime(): void {
    const seconds = Number(this.#incoming.query.get('timeoutSeconds') ?? 0);
    const ms = seconds > 0 ? seconds * 1000 : 1_800_000 * (1 + Math.random());
    const timer = setTimeout(() => this.#end(), Math.min(ms, 2 ** 31 - 1));
    this.#cancels.push(() => clearTimeout(timer));
    if (!this.#wantsBookmarks || ms <= bookmarkBeforeEndMs) return;
    const last = setTimeout(() => this.#bookmarkNow(), ms - bookmarkBeforeEndMs);
    this.#cancels.push(() => clearTimeout(last));
  }

  /** After the move that wrote: the simulation is not held up by its watchers. */
  #soon(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    const { stream } = this.#begun;
    if (stream.overrun) {
      this.#sink.destroy();
      return this.#end();
    }
    while (!this.#draining && !this.#ended) {
      const event = stream.next();
      if (event === undefined) break;
      this.#event(event);
    }
    this.#flush();
  }

  #event({ type, object }: Watched): void {
    const shaped = this.#shaped(object);
    if (shaped === object && !this.#isProtobuf) this.#line(type, textOf(object));
    else this.#write(type, shaped);
  }

  #shaped(stored: KubeObject): unknown {
    const { kind, info } = this.#target;
    const object = spoken(stored, kind, apiVersionOf(info));
    const { as, version } = this.#form;
    if (as === 'PartialObjectMetadata') return partial(object, version);
    if (as !== 'Table') return object;
    const withoutColumns = this.#saidColumns;
    this.#saidColumns = true;
    const { cluster } = this.#context;
    const includeObject = includeObjectOf(this.#incoming.query);
    const { now } = cluster.simulation;
    const options = { version, includeObject, now, withoutColumns };
    const { resourceVersion } = object.metadata;
    return tableOf([object], kind, { resourceVersion }, options);
  }

  /** Only if there is something new to resume from. */
  #bookmarkNow(): void {
    const { stream } = this.#begun;
    this.#pump();
    const { revision } = stream;
    if (this.#draining || revision <= this.#started || revision <= this.#bookmarked) return;
    this.#bookmark(revision, false);
    this.#flush();
  }

  #bookmark(revision: number, initialEnd: boolean): void {
    this.#bookmarked = revision;
    const { kind } = this.#target.kind;
    const apiVersion = apiVersionOf(this.#target.info);
    const metadata = {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    };
    const object = { kind, apiVersion, metadata } as unknown as KubeObject;
    if (this.#form.as !== 'Table') return this.#write('BOOKMARK', object);
    const { version } = this.#form;
    const row = { cells: [], object: partial(object, version) };
    const withoutColumns = { columnDefinitions: null };
    const table = { kind: 'Table', apiVersion: `meta.k8s.io/${version}`, ...withoutColumns };
    this.#write('BOOKMARK', {
      ...table,
      metadata: { resourceVersion: String(revision) },
      rows: [row],
    });
  }

  #write(type: string, object: unknown): void {
    const frame = this.#isProtobuf
      ? encodeEvent(type, object as Readonly<Record<string, unknown>>)
      : undefined;
    if (frame === undefined) this.#line(type, goJson(object));
    else this.#add(frame);
  }

  #line(type: string, json: string): void {
    this.#add(`{"type":"${type}","object":${json}}\n`);
  }

  #add(event: string | Uint8Array): void {
    this.#waiting.push(event);
    this.#length += event.length;
    if (this.#length >= togetherMax) this.#flush();
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    this.#draining = !this.#sink.write(this.#waiting);
    this.#waiting = [];
    this.#length = 0;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const cancel of this.#cancels) cancel();
    this.#sink.end();
  }
}
