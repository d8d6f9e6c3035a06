/** Field selectors: `metadata.name=web,spec.nodeName!=n1`, over the fields that a kind offers. */
import type { KubeObject } from './meta.ts';

export type FieldSelector =
  | { readonly ok: true; readonly matches: (object: KubeObject) => boolean }
  | { readonly ok: false; readonly message: string };

interface Term {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** `fieldsOf` names the fields that may be selected by, with their values. */
export function fieldSelectorOf(
  text: string,
  fieldsOf: (object: KubeObject) => Readonly<Record<string, string>>,
): FieldSelector {
  const terms: Term[] = [];
  for (const part of text.split(',').filter((term) => term !== '')) {
    const found = /^([^=!]+?)(==|=|!=)(.*)$/.exec(part);
    if (found === null) {
      return { ok: false, message: `invalid selector: '${text}'; can't understand '${part}'` };
    }
    const [, field = '', operator, value = ''] = found;
    terms.push({ field, equal: operator !== '!=', value });
  }
  if (terms.length === 0) return { ok: true, matches: () => true };
  const matches = (object: KubeObject) => {
    const fields = fieldsOf(object);
    return terms.every(({ field, equal, value }) => (fields[field] === value) === equal);
  };
  return { ok: true, matches };
}
