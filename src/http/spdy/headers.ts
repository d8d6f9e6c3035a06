/** Header blocks of SPDY/3: names and values, compressed with a dictionary that both sides know. */
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';

export type Headers = ReadonlyMap<string, string>;

/** Words of the dictionary that stand with their lengths (SPDY/3 draft, section 2.6.10.1). */
const words = [
  'options head post put delete trace accept accept-charset accept-encoding accept-language',
  'accept-ranges age allow authorization cache-control connection content-base content-encoding',
  'content-language content-length content-location content-md5 content-range content-type date',
  'etag expect expires from host if-match if-modified-since if-none-match if-range',
  'if-unmodified-since last-modified location max-forwards pragma proxy-authenticate',
  'proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade',
  'user-agent vary via warning www-authenticate method get status',
]
  .join(' ')
  .split(' ')
  .concat('200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin');

const rest = [
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505',
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request',
  '401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented',
  '503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 ',
  'Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT',
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,',
  'text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdch',
  'charset=utf-8charset=iso-8859-1,utf-,*,enq=0.',
].join('');

export const dictionary = Buffer.concat([...words.map(withLength), Buffer.from(rest)]);

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** One direction each: later blocks build on earlier ones. */
export class HeaderCodec {
  readonly #inflate = createInflate({ dictionary });
  readonly #deflate = createDeflate({ dictionary });

  /** Rejects if it cannot be read. */
  async decode(block: Buffer): Promise<Headers> {
    const bytes = await passed(this.#inflate, block);
    const headers = new Map<string, string>();
    let at = 0;
    const next = (): string => {
      const length = bytes.readUInt32BE(at);
      at += 4 + length;
      return bytes.toString('utf8', at - length, at);
    };
    const count = bytes.readUInt32BE(0);
    at = 4;
    for (let i = 0; i < count && at < bytes.length; i++) headers.set(next(), next());
    return headers;
  }

  encode(headers: Headers): Promise<Buffer> {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(headers.size);
    const texts = [...headers].flat().map(withLength);
    return passed(this.#deflate, Buffer.concat([count, ...texts]));
  }

  close(): void {
    this.#inflate.close();
    this.#deflate.close();
  }
}

function passed(stream: Inflate | Deflate, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.write(bytes);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off('error', reject);
      resolve((stream.read() as Buffer | null) ?? Buffer.alloc(0));
    });
  });
}
