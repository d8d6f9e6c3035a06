/** Names of images: whether they are well-formed, and the tag that they mean. */

const alphanumeric = '[a-z0-9]+';
const component = `${alphanumeric}(?:(?:\\.|_|__|-+)${alphanumeric})*`;
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const shape = new RegExp(
  `^(?:${domain}/)?${component}(?:/${component})*(:[\\w][\\w.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);

/** Hexadecimal digits of a digest, by its algorithm: there are no others. */
const digits: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** What could be taken for an image's id is no name. */
const identifier = /^[a-f0-9]{64}$/;

/** With `:latest` where neither tag nor digest is given; undefined for what is no name. */
export function withDefaultTag(image: string): string | undefined {
  const found = shape.exec(image);
  if (found === null || identifier.test(image)) return undefined;
  const [, tag, digest] = found;
  if (digest !== undefined) {
    const [algorithm, hex] = digest.slice(1).split(':') as [string, string];
    if (digits[algorithm] !== hex.length || hex !== hex.toLowerCase()) return undefined;
  }
  return tag === undefined && digest === undefined ? `${image}:latest` : image;
}
