/** IP addresses, as texts. */
import { type Errors, invalid } from './errors.ts';

const rule = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export const isIPv4 = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) &&
  text.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part);

/** Eight groups of up to four hexadecimal digits, of which `::` leaves some out. */
export function isIPv6(text: string): boolean {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return false;
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const all = [...groups(head), ...groups(tail)];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return tail === undefined ? all.length === 8 : all.length < 8;
}

export const isIP = (text: unknown): text is string =>
  typeof text === 'string' && (isIPv4(text) || isIPv6(text));

export function validateIP(errors: Errors, field: string, text: unknown): void {
  if (!isIP(text)) errors.push(invalid(field, text, rule));
}
