/** Field selectors: `metadata.name=web,spec.nodeName!=n1` (k8s.io/apimachinery/pkg/fields). */

export interface FieldTerm {
  readonly field: string;
  /** Whether it must be equal, or must not. */
  readonly equal: boolean;
  readonly value: string;
}

export type FieldSelector =
  | { readonly ok: true; readonly terms: readonly FieldTerm[] }
  | { readonly ok: false; readonly message: string };

/** A backslash takes the meaning of a comma, an equals sign or another backslash. */
export function parseFieldSelector(text: string): FieldSelector {
  const parts = (text.match(/(?:\\[\s\S]|[^,\\]|\\$)+/g) ?? []).sort();
  const terms: FieldTerm[] = [];
  for (const part of parts) {
    const found = /^([\s\S]*?)(!=|==|=)([\s\S]*)$/.exec(part);
    if (found === null) return mistake(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, field = '', operator, given = ''] = found;
    const why = escapeMistake(given);
    if (why !== undefined) return mistake(`invalid field selector: ${why}`);
    const value = given.replace(/\\([\s\S])/g, '$1');
    terms.push({ field, equal: operator !== '!=', value });
  }
  return { ok: true, terms };
}

const mistake = (message: string): FieldSelector => ({ ok: false, message });

/** What is not escaped, or need not be; a character is told by its number. */
function escapeMistake(value: string): string | undefined {
  for (let i = 0; i < value.length; i++) {
    const character = value[i]!;
    if (character === '=') return `unescaped character in value: ${character.charCodeAt(0)}`;
    if (character !== '\\') continue;
    i += 1;
    const escaped = value[i] ?? '';
    if (escaped === '' || !'\\,='.includes(escaped)) return `invalid escape sequence: \\${escaped}`;
  }
  return undefined;
}
