/** Validation of port numbers, names and protocols, as Services and endpoints have them. */
import { type Errors, invalid, required, unsupported } from './errors.ts';
import { qualifiedNameErrors } from './names.ts';

export const portRange = 'must be between 1 and 65535, inclusive';

const nameMax = 15;

export function validatePort(errors: Errors, field: string, port: unknown): void {
  if (!Number.isInteger(port) || (port as number) < 1 || (port as number) > 65_535) {
    errors.push(invalid(field, port, portRange));
  }
}

/** The name of a container's port: at most 15 characters, with a letter (RFC 6335). */
export function validatePortName(errors: Errors, field: string, name: string): void {
  for (const error of portNameErrors(name)) errors.push(invalid(field, name, error));
}

function portNameErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > nameMax) errors.push(`must be no more than ${nameMax} characters`);
  if (!/^[-a-z0-9]+$/.test(name)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)');
  if (name.includes('--')) errors.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) {
    errors.push('must not begin or end with a hyphen');
  }
  return errors;
}

export const protocols = ['SCTP', 'TCP', 'UDP'];

/** `TCP` and its like; to leave it out is a mistake where defaults have been filled in. */
export function validateProtocol(errors: Errors, at: string, protocol: string | undefined): void {
  if (!protocol) errors.push(required(at));
  else if (!protocols.includes(protocol)) errors.push(unsupported(at, protocol, protocols));
}

/** What is spoken at a port of Endpoints or of a slice. */
export function validateSpoken(
  errors: Errors,
  at: string,
  { protocol, appProtocol }: { readonly protocol?: string; readonly appProtocol?: string },
): void {
  validateProtocol(errors, `${at}.protocol`, protocol);
  if (appProtocol === undefined) return;
  for (const error of qualifiedNameErrors(appProtocol)) {
    errors.push(invalid(`${at}.appProtocol`, appProtocol, error));
  }
}
