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

/** Names of objects are measured in characters, as messages have it; labels in bytes. */
const atMost = (max: number): string => `must be no more than ${max} characters`;
const bytesAtMost = (max: number): string => `must be no more than ${max} bytes`;

export function subdomainErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > 253) errors.push(atMost(253));
  if (!subdomain.test(name)) errors.push(subdomainRule);
  return errors;
}

export function labelErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > 63) errors.push(atMost(63));
  if (!label.test(name)) errors.push(subdomain.test(name) ? 'must not contain dots' : labelRule);
  return errors;
}

/** `[prefix/]name`, as label keys, finalizers and resources are written. */
export function qualifiedNameErrors(key = ''): readonly string[] {
  if (good.has(key)) return none;
  const errors = errorsOfQualified(key);
  if (errors.length === 0 && good.size < goodMax) good.add(key);
  return errors;
}

const none: readonly string[] = [];

/** The same few keys come again and again. */
const good = new Set<string>();
const goodMax = 4_096;

function errorsOfQualified(key: string): readonly string[] {
  const parts = key.split('/');
  const errors: string[] = [];
  if (parts.length > 2) {
    return [
      `a valid label key ${nameRule.slice('name part '.length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1)!;
  if (parts.length === 2) {
    if (parts[0] === '') errors.push('prefix part must be non-empty');
    else {
      const [prefix] = parts as [string];
      if (prefix.length > 253) errors.push(`prefix part ${bytesAtMost(253)}`);
      if (!subdomain.test(prefix)) errors.push(`prefix part ${subdomainRule}`);
    }
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push(`name part ${bytesAtMost(63)}`);
  if (!qualified.test(name)) errors.push(nameRule);
  return errors;
}

export function labelValueErrors(value: string): readonly string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(bytesAtMost(63));
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

const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const label1035Rule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/** Labels that begin with a letter: versions and kinds of an API. */
export function label1035Errors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > 63) errors.push(atMost(63));
  if (!label1035.test(name)) errors.push(label1035Rule);
  return errors;
}

const wildcard = /^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const wildcardRule =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** `*.example.com`. */
export function wildcardErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > 253) errors.push(atMost(253));
  if (!wildcard.test(name)) errors.push(wildcardRule);
  return errors;
}

const searchSegment = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const search = new RegExp(`^${searchSegment}(\\.${searchSegment})*$`);
const searchRule = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${searchSegment}(\\.${searchSegment})*')`;

/** Domains that names are looked up in; they may have underscores. */
export function searchDomainErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > 253) errors.push(atMost(253));
  if (!search.test(name)) errors.push(searchRule);
  return errors;
}

const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** Keys of ConfigMaps and Secrets: they become names of files. */
export function configKeyErrors(key: string): readonly string[] {
  const errors: string[] = [];
  if (key.length > 253) errors.push(atMost(253));
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) errors.push(keyRule);
  if (key === '.' || key === '..') errors.push(`must not be '${key}'`);
  else if (key.startsWith('..')) errors.push("must not start with '..'");
  return errors;
}
