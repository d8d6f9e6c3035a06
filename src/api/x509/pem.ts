/** Blocks of PEM: bytes as text between a first and a last line that say what they are. */

/** The bytes of the first block, if it is one of this type. */
export function pemBytes(text: string, type: string): Uint8Array | undefined {
  const block = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/.exec(text);
  if (block === null || block[1] !== type) return undefined;
  try {
    return bytesOf(block[2]!.replace(/\s/g, ''));
  } catch {
    return undefined;
  }
}

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Text that a field holds in base64, as all bytes of the API are written; empty if it is none. */
export function textInBase64(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}
