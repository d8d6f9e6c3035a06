/** Validation of containers: ports, environment, resources, probes, mounts (api-06 §2). */
import type { Container, ContainerPort } from '../podspec.ts';
import { milliOf, parseQuantity } from '../quantity.ts';
import { validateEnv, validateEnvFrom } from './environment.ts';
import {
  duplicate,
  type Errors,
  forbidden,
  invalid,
  notFound,
  required,
  unsupported,
} from './errors.ts';
import { validateHandlers } from './handlers.ts';
import { labelErrors } from './names.ts';
import { validateContainerSecurity } from './podsecurity.ts';
import { protocols, validatePortName } from './ports.ts';

export function validateContainers(
  errors: Errors,
  containers: readonly Container[],
  field: string,
  volumes: ReadonlySet<string>,
  names: Set<string>,
  grace: number | undefined,
): void {
  const hostPorts = new Set<string>();
  containers.forEach((container, i) => {
    const at = `${field}[${i}]`;
    const { name, image, imagePullPolicy, restartPolicy, terminationMessagePolicy } = container;
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
    validateHandlers(errors, container, at, grace);
    if (imagePullPolicy !== undefined && !pullPolicies.includes(imagePullPolicy)) {
      errors.push(unsupported(`${at}.imagePullPolicy`, imagePullPolicy, pullPolicies));
    }
    if (
      terminationMessagePolicy !== undefined &&
      !messagePolicies.includes(terminationMessagePolicy)
    ) {
      const policyField = `${at}.terminationMessagePolicy`;
      errors.push(unsupported(policyField, terminationMessagePolicy, messagePolicies));
    }
    validatePorts(errors, container.ports ?? [], `${at}.ports`);
    validateHostPorts(errors, container.ports ?? [], `${at}.ports`, hostPorts);
    validateEnv(errors, container.env ?? [], `${at}.env`);
    validateEnvFrom(errors, envFromOf(container), `${at}.envFrom`);
    validateMounts(errors, container, `${at}.volumeMounts`, volumes);
    validateResources(errors, container, `${at}.resources`);
    validateContainerSecurity(errors, container, `${at}.securityContext`);
  });
}

const envFromOf = (container: Container) =>
  (container as { readonly envFrom?: readonly Readonly<Record<string, unknown>>[] }).envFrom ?? [];

const messagePolicies = ['FallbackToLogsOnError', 'File'];

const restartPolicies = ['Always', 'Never', 'OnFailure'];

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

function validatePorts(errors: Errors, ports: readonly ContainerPort[], field: string): void {
  const names = new Set<string>();
  ports.forEach(({ name, containerPort, hostPort, protocol }, i) => {
    const at = `${field}[${i}]`;
    if (name !== undefined && name !== '') {
      validatePortName(errors, `${at}.name`, name);
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

/** A port of the node can be asked for once. */
function validateHostPorts(
  errors: Errors,
  ports: readonly ContainerPort[],
  field: string,
  known: Set<string>,
): void {
  ports.forEach(({ hostPort = 0, hostIP = '', protocol = 'TCP' }, i) => {
    if (hostPort === 0) return;
    const place = `${protocol}/${hostIP}/${hostPort}`;
    if (known.has(place)) errors.push(duplicate(`${field}[${i}].hostPort`, place));
    known.add(place);
  });
}

function validateMounts(
  errors: Errors,
  { volumeMounts = [] }: Container,
  field: string,
  volumes: ReadonlySet<string>,
): void {
  const paths = new Set<string>();
  (volumeMounts as readonly Mount[]).forEach((mount, i) => {
    const { name, mountPath, subPath = '', subPathExpr = '', mountPropagation } = mount;
    const at = `${field}[${i}]`;
    if (!name) errors.push(required(`${at}.name`));
    else if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name));
    if (!mountPath) errors.push(required(`${at}.mountPath`));
    else if (paths.has(mountPath))
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    else paths.add(mountPath);
    for (const [part, path] of Object.entries({ subPath, subPathExpr })) {
      if (path.startsWith('/')) {
        errors.push(invalid(`${at}.${part}`, path, 'must be a relative path'));
      }
      if (path.split('/').includes('..')) {
        errors.push(invalid(`${at}.${part}`, path, "must not contain '..'"));
      }
    }
    if (subPath !== '' && subPathExpr !== '') {
      const why = 'subPathExpr and subPath are mutually exclusive';
      errors.push(invalid(`${at}.subPathExpr`, subPathExpr, why));
    }
    if (mountPropagation !== undefined && !propagations.includes(mountPropagation)) {
      errors.push(unsupported(`${at}.mountPropagation`, mountPropagation, propagations));
    }
  });
}

interface Mount {
  readonly name?: string;
  readonly mountPath?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly mountPropagation?: string;
}

const propagations = ['Bidirectional', 'HostToContainer', 'None'];

const standardResources = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** Of a vendor: devices, counted in whole numbers and never promised twice. */
const isExtended = (name: string): boolean =>
  name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name);

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
      } else if (isExtended(name) && (parseQuantity(value)?.nanos ?? 0n) % 1_000_000_000n !== 0n) {
        errors.push(invalid(at, value, 'must be an integer'));
      }
    }
  }
  const all = [...Object.keys(limits), ...Object.keys(requests)];
  const isHuge = all.some((name) => name.startsWith('hugepages-'));
  if (isHuge && !all.includes('cpu') && !all.includes('memory')) {
    errors.push(forbidden(field, 'HugePages require cpu or memory'));
  }
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    if (limit === undefined && (isExtended(name) || name.startsWith('hugepages-'))) {
      const why = 'Limit must be set for non overcommitable resources';
      errors.push(required(`${field}.limits`, why));
    }
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
