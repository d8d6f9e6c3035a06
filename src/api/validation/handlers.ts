/** Validation of what kubelets do to containers: probes and lifecycle hooks. */
import type { Container, LifecycleHandler, Probe } from '../pod/podspec.ts';
import { type Errors, forbidden, invalid, nonNegative, required, unsupported } from './errors.ts';
import { validatePort, validatePortName } from './ports.ts';

/** @param grace of the Pod, in seconds */
export function validateHandlers(
  errors: Errors,
  { livenessProbe, readinessProbe, startupProbe, lifecycle }: Container,
  at: string,
  grace: number | undefined,
): void {
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = lifecycle?.[hook];
    if (handler === undefined) continue;
    const field = `${at}.lifecycle.${hook}`;
    validateHandler(errors, handler, ['exec', 'httpGet', 'tcpSocket', 'sleep'], field, grace);
  }
  validateProbe(errors, livenessProbe, `${at}.livenessProbe`, true);
  validateProbe(errors, readinessProbe, `${at}.readinessProbe`, false);
  validateProbe(errors, startupProbe, `${at}.startupProbe`, true);
}

function validateProbe(
  errors: Errors,
  probe: Probe | undefined,
  field: string,
  restarts: boolean,
): void {
  if (probe === undefined) return;
  validateHandler(errors, probe, ['exec', 'httpGet', 'tcpSocket', 'grpc'], field);
  for (const name of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    nonNegative(errors, `${field}.${name}`, probe[name]);
  }
  const grace = probe.terminationGracePeriodSeconds;
  const graceField = `${field}.terminationGracePeriodSeconds`;
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(graceField, grace, 'must be greater than 0'));
  }
  if (!restarts && grace !== undefined) {
    errors.push(invalid(graceField, grace, 'must not be set for readinessProbes'));
  }
  if (restarts && (probe.successThreshold ?? 1) !== 1) {
    errors.push(invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
}

type Handler = Pick<Probe, 'grpc'> & LifecycleHandler;

function validateHandler(
  errors: Errors,
  handler: Handler,
  kinds: readonly (keyof Handler)[],
  field: string,
  grace?: number,
): void {
  const [kind, ...others] = kinds.filter((name) => handler[name] !== undefined);
  if (kind === undefined) errors.push(required(field, 'must specify a handler type'));
  else rules[kind]?.(errors, handler, `${field}.${kind}`, grace);
  for (const extra of others) {
    errors.push(forbidden(`${field}.${extra}`, 'may not specify more than 1 handler type'));
  }
}

type Rule = (errors: Errors, handler: Handler, at: string, grace?: number) => void;

const headerRule =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
const schemes = ['HTTP', 'HTTPS'];

const rules: Readonly<Partial<Record<keyof Handler, Rule>>> = {
  exec(errors, { exec }, at) {
    if ((exec?.command ?? []).length === 0) errors.push(required(`${at}.command`));
  },
  httpGet(errors, { httpGet }, at) {
    const {
      path,
      port,
      scheme,
      httpHeaders = [],
    } = httpGet as NonNullable<Handler['httpGet']> & {
      readonly httpHeaders?: readonly { readonly name?: string }[];
    };
    if (path === '') errors.push(required(`${at}.path`));
    validatePortOrName(errors, port, `${at}.port`);
    if (scheme !== undefined && !schemes.includes(scheme)) {
      errors.push(unsupported(`${at}.scheme`, scheme, schemes));
    }
    for (const { name = '' } of httpHeaders) {
      if (/^[-A-Za-z0-9]+$/.test(name)) continue;
      errors.push(invalid(`${at}.httpHeaders`, name, headerRule));
    }
  },
  tcpSocket: (errors, { tcpSocket }, at) =>
    validatePortOrName(errors, tcpSocket?.port, `${at}.port`),
  sleep(errors, { sleep }, at, grace) {
    const { seconds = 0 } = sleep!;
    if (grace === undefined || (seconds >= 0 && seconds <= grace)) return;
    const why = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`;
    errors.push(invalid(at, seconds, why));
  },
  grpc: (errors, { grpc }, at) => validatePort(errors, `${at}.port`, grpc?.port ?? 0),
};

function validatePortOrName(errors: Errors, port: unknown, at: string): void {
  if (typeof port === 'string') validatePortName(errors, at, port);
  else validatePort(errors, at, port ?? 0);
}
