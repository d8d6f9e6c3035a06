/** Names of images: whether they are well-formed, and the tag that they mean. */

const alphanumeric = '[a-z0-9]+';
const component = `${alphanumeric}(?:(?:\\.|_|__|-+)${alphanumeric})*`;
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const shape = new RegExp(
  `^(?:${domain}/)?${component}(?:/${component})*(:[\\w][\\w.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);

/** With `:latest` where neither tag nor digest is given; undefined for what is no name. */
export function withDefaultTag(image: string): string | undefined {
  const found = shape.exec(image);
  if (found === null) return undefined;
  const [, tag, digest] = found;
  return tag === undefined && digest === undefined ? `${image}:latest` : image;
}
