/** Rules for names, label keys and label values (k8s.io/apimachinery/pkg/util/validation). */

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const qualified = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

export const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

export const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const nameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const atMost = (max: number): string => `must be no more than ${max} characters`;

export function subdomainErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > 253) errors.push(atMost(253));
  if (!subdomain.test(name)) errors.push(subdomainRule);
  return errors;
}

export function labelErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > 63) errors.push(atMost(63));
  if (!label.test(name)) errors.push(name.includes('.') ? 'must not contain dots' : labelRule);
  return errors;
}

/** `[prefix/]name`, as label keys, finalizers and resources are written. */
export function qualifiedNameErrors(key = ''): readonly string[] {
  const parts = key.split('/');
  const errors: string[] = [];
  if (parts.length > 2) {
    return [
      `a qualified name ${nameRule.slice('name part '.length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1)!;
  if (parts.length === 2) {
    if (parts[0] === '') errors.push('prefix part must be non-empty');
    else for (const error of subdomainErrors(parts[0]!)) errors.push(`prefix part ${error}`);
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push(`name part ${atMost(63)}`);
  if (!qualified.test(name)) errors.push(nameRule);
  return errors;
}

export function labelValueErrors(value: string): readonly string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(atMost(63));
  if (!labelValue.test(value)) errors.push(valueRule);
  return errors;
}

/** Names that are only a part of a path: those of roles and their bindings. */
export function pathSegmentErrors(name = ''): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%']
    .filter((part) => name.includes(part))
    .map((part) => `may not contain '${part}'`);
}
