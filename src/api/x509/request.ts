/** What somebody asks a certificate for (PKCS #10): a name, groups, and what else it shall be valid for. */
import { DerError, type Element, elementsOf, inside, oidOf, tags, textOf } from './der.ts';
import { pemBytes } from './pem.ts';

export interface Requested {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
  /** How many addresses: nobody asks which. */
  readonly ipAddresses: number;
}

export type Parsed =
  | { readonly ok: true; readonly requested: Requested }
  | { readonly ok: false; readonly why: string };

const commonName = '2.5.4.3';
const organization = '2.5.4.10';
const extensionRequest = '1.2.840.113549.1.9.14';
const alternativeNames = '2.5.29.17';

/** @param pem the request itself, in PEM */
export function parseRequest(pem: string): Parsed {
  const bytes = pemBytes(pem, 'CERTIFICATE REQUEST');
  if (bytes === undefined) return { ok: false, why: 'PEM block type must be CERTIFICATE REQUEST' };
  try {
    const [whole] = elementsOf(bytes);
    const [information] = inside(whole, tags.sequence);
    const [, subject, , attributes] = inside(information, tags.sequence);
    const names = namesIn(subject);
    const of = (type: string) => names.filter(([oid]) => oid === type).map(([, text]) => text);
    const requested = {
      commonName: of(commonName).at(-1) ?? '',
      organizations: of(organization),
      ...alternativesIn(attributes),
    };
    return { ok: true, requested };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { ok: false, why: `asn1: ${error.message}` };
  }
}

/** The parts of a name, by their types. */
const namesIn = (subject: Element | undefined): readonly (readonly [string, string])[] =>
  inside(subject, tags.sequence).flatMap((part) =>
    inside(part, tags.set).map((pair) => {
      const [type, value] = inside(pair, tags.sequence);
      if (type === undefined || value === undefined) throw new DerError('structure error');
      return [oidOf(type), textOf(value)] as const;
    }),
  );

type Alternatives = Omit<Requested, 'commonName' | 'organizations'>;

function alternativesIn(attributes: Element | undefined): Alternatives {
  const names = attributes === undefined ? [] : generalNames(attributes);
  const of = (tag: number) => names.filter((name) => name.tag === tag).map(textOf);
  return {
    emails: of(0x81),
    dnsNames: of(0x82),
    uris: of(0x86),
    ipAddresses: names.filter(({ tag }) => tag === 0x87).length,
  };
}

/** Those in the extension of that name, which is an attribute of the request. */
function generalNames({ bytes }: Element): readonly Element[] {
  for (const attribute of elementsOf(bytes)) {
    const [type, values] = inside(attribute, tags.sequence);
    if (type === undefined || oidOf(type) !== extensionRequest) continue;
    const [extensions] = inside(values, tags.set);
    for (const extension of inside(extensions, tags.sequence)) {
      const parts = inside(extension, tags.sequence);
      if (oidOf(parts[0]!) !== alternativeNames) continue;
      return inside(elementsOf(parts.at(-1)!.bytes)[0], tags.sequence);
    }
  }
  return [];
}
