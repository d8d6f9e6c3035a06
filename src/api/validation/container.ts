/** Validation of containers: ports, environment, resources, probes, mounts (api-06 §2). */
import type { Container, ContainerPort, EnvVar, Probe } from '../podspec.ts';
import { milliOf, parseQuantity } from '../quantity.ts';
import {
  duplicate,
  type Errors,
  forbidden,
  invalid,
  notFound,
  required,
  unsupported,
} from './errors.ts';
import { labelErrors } from './names.ts';

export function validateContainers(
  errors: Errors,
  containers: readonly Container[],
  field: string,
  volumes: ReadonlySet<string>,
  names: Set<string>,
): void {
  containers.forEach((container, i) => {
    const at = `${field}[${i}]`;
    const { name, image, imagePullPolicy, restartPolicy } = container;
    if (!name) errors.push(required(`${at}.name`));
    else {
      for (const error of labelErrors(name)) errors.push(invalid(`${at}.name`, name, error));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    if (!image) errors.push(required(`${at}.image`));
    else if (image.trim() !== image) {
      errors.push(invalid(`${at}.image`, image, 'must not have leading or trailing whitespace'));
    }
    if (restartPolicy !== undefined && !restartPolicies.includes(restartPolicy)) {
      errors.push(unsupported(`${at}.restartPolicy`, restartPolicy, restartPolicies));
    }
    validateProbe(errors, container.livenessProbe, `${at}.livenessProbe`, true);
    validateProbe(errors, container.readinessProbe, `${at}.readinessProbe`, false);
    validateProbe(errors, container.startupProbe, `${at}.startupProbe`, true);
    if (imagePullPolicy !== undefined && !pullPolicies.includes(imagePullPolicy)) {
      errors.push(unsupported(`${at}.imagePullPolicy`, imagePullPolicy, pullPolicies));
    }
    validatePorts(errors, container.ports ?? [], `${at}.ports`);
    validateEnv(errors, container.env ?? [], `${at}.env`);
    validateMounts(errors, container, `${at}.volumeMounts`, volumes);
    validateResources(errors, container, `${at}.resources`);
  });
}

const restartPolicies = ['Always', 'Never', 'OnFailure'];

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const protocols = ['SCTP', 'TCP', 'UDP'];

function validatePorts(errors: Errors, ports: readonly ContainerPort[], field: string): void {
  const names = new Set<string>();
  ports.forEach(({ name, containerPort, hostPort, protocol }, i) => {
    const at = `${field}[${i}]`;
    if (name !== undefined && name !== '') {
      for (const error of portNameErrors(name)) errors.push(invalid(`${at}.name`, name, error));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`));
    else if (!inRange(containerPort)) {
      errors.push(invalid(`${at}.containerPort`, containerPort, portRule));
    }
    if (hostPort !== undefined && hostPort !== 0 && !inRange(hostPort)) {
      errors.push(invalid(`${at}.hostPort`, hostPort, portRule));
    }
    if (protocol !== undefined && !protocols.includes(protocol)) {
      errors.push(unsupported(`${at}.protocol`, protocol, protocols));
    }
  });
}

const portRule = 'must be between 1 and 65535, inclusive';
const inRange = (port: number): boolean => port >= 1 && port <= 65_535;

function portNameErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > 15) errors.push('must be no more than 15 characters');
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

function validateEnv(errors: Errors, env: readonly EnvVar[], field: string): void {
  env.forEach(({ name, value, valueFrom }, i) => {
    const at = `${field}[${i}]`;
    if (!name) errors.push(required(`${at}.name`));
    else if (!/^[ -<>-~]+$/.test(name)) {
      errors.push(
        invalid(
          `${at}.name`,
          name,
          "a valid environment variable name must consist only of printable ASCII characters other than '='",
        ),
      );
    }
    if (value !== undefined && value !== '' && valueFrom !== undefined) {
      errors.push(invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    }
  });
}

function validateMounts(
  errors: Errors,
  { volumeMounts = [] }: Container,
  field: string,
  volumes: ReadonlySet<string>,
): void {
  const paths = new Set<string>();
  (volumeMounts as readonly { name?: string; mountPath?: string }[]).forEach((mount, i) => {
    const { name, mountPath } = mount;
    const at = `${field}[${i}]`;
    if (!name) errors.push(required(`${at}.name`));
    else if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name));
    if (!mountPath) errors.push(required(`${at}.mountPath`));
    else if (paths.has(mountPath))
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    else paths.add(mountPath);
  });
}

const standardResources = new Set(['cpu', 'memory', 'ephemeral-storage']);

function validateResources(errors: Errors, { resources = {} }: Container, field: string): void {
  const { limits = {}, requests = {} } = resources;
  for (const [list, values] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, value] of Object.entries(values)) {
      const at = `${field}.${list}[${name}]`;
      const known = standardResources.has(name) || name.startsWith('hugepages-');
      if (!known && !name.includes('/')) {
        errors.push(invalid(at, name, 'must be a standard resource type or fully qualified'));
        errors.push(invalid(at, name, 'must be a standard resource for containers'));
      }
      if ((parseQuantity(value)?.nanos ?? 0n) < 0n) {
        errors.push(invalid(at, value, 'must be greater than or equal to 0'));
      }
    }
  }
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    if (limit === undefined || milliOf(request) <= milliOf(limit)) continue;
    errors.push(
      invalid(
        `${field}.requests`,
        request,
        `must be less than or equal to ${name} limit of ${limit}`,
      ),
    );
  }
}

function validateProbe(
  errors: Errors,
  probe: Probe | undefined,
  field: string,
  onlyOnce: boolean,
): void {
  if (probe === undefined) return;
  const handlers = (['exec', 'httpGet', 'tcpSocket', 'grpc'] as const).filter(
    (name) => probe[name] !== undefined,
  );
  if (handlers.length === 0) errors.push(required(field, 'must specify a handler type'));
  for (const extra of handlers.slice(1)) {
    errors.push(forbidden(`${field}.${extra}`, 'may not specify more than 1 handler type'));
  }
  for (const name of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    const value = probe[name];
    if (value !== undefined && value < 0) {
      errors.push(invalid(`${field}.${name}`, value, 'must be greater than or equal to 0'));
    }
  }
  if (onlyOnce && probe.successThreshold !== undefined && probe.successThreshold > 1) {
    errors.push(invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
}
