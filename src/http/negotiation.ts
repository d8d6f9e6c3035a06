/** Which form an answer takes: the first clause of `Accept` that can be served (api-02 §1). */

export type Encoding = 'json' | 'yaml' | 'protobuf';

export type As =
  | 'object'
  | 'Table'
  | 'PartialObjectMetadata'
  | 'PartialObjectMetadataList'
  | 'APIGroupDiscoveryList';

export interface Form {
  readonly encoding: Encoding;
  readonly as: As;
  /** Version of the form: `v1` of a Table, `v2` of aggregated discovery. */
  readonly version: string;
}

export const plainJson: Form = { encoding: 'json', as: 'object', version: '' };

export const mediaTypes: Readonly<Record<Encoding, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** The parts of a media type header, best first, in their order among equals. */
export function clausesOf(header: string): readonly Clause[] {
  return header
    .split(',')
    .map((text) => {
      const [type = '', ...rest] = text.split(';').map((part) => part.trim());
      const parameters = new Map(
        rest.map((part) => {
          const at = part.indexOf('=');
          const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
          const value =
            at < 0
              ? ''
              : part
                  .slice(at + 1)
                  .trim()
                  .replace(/^"(.*)"$/, '$1');
          return [name, value] as const;
        }),
      );
      const quality = Number(parameters.get('q') ?? 1);
      return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
    })
    .filter(({ type, quality }) => type !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

const encodings: Readonly<Record<string, Encoding>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
};

export interface Offer {
  /** What the answer may be turned into, besides the plain object. */
  readonly as: readonly As[];
  /** Encodings that can be served. */
  readonly encodings: readonly Encoding[];
}

/**
 * The form of an answer; `undefined`: none is acceptable. JSON says more than protobuf, whose numbers we know
 * up to 1.32 only: who takes both gets JSON.
 */
export function formOf(accept: string | undefined, offer: Offer): Form | undefined {
  if (accept === undefined || accept.trim() === '') return plainJson;
  let last: Form | undefined;
  for (const { type, parameters } of clausesOf(accept)) {
    const encoding = encodings[type];
    if (encoding === undefined || !offer.encodings.includes(encoding)) continue;
    const wanted = parameters.get('as');
    if (wanted === undefined) {
      const form: Form = { encoding, as: 'object', version: '' };
      if (encoding !== 'protobuf') return form;
      last ??= form;
      continue;
    }
    const as = offer.as.find((one) => one === wanted);
    if (as === undefined || !isGroupOf(as, parameters.get('g'))) continue;
    const version = parameters.get('v') ?? '';
    if (as !== 'APIGroupDiscoveryList' && version !== 'v1' && version !== 'v1beta1') continue;
    if (as === 'APIGroupDiscoveryList' && version !== 'v2' && version !== 'v2beta1') continue;
    return { encoding, as, version };
  }
  return last;
}

const isGroupOf = (as: As, group: string | undefined): boolean =>
  group === (as === 'APIGroupDiscoveryList' ? 'apidiscovery.k8s.io' : 'meta.k8s.io');

export const notAcceptableText =
  '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
