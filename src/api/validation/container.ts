/** Validation of containers, in upstream's order (validateContainerCommon and those that call it). */

import { type Fields, listOf, textOf } from '../fields.ts';
import type { Container, ContainerPort, PodSpec } from '../pod/podspec.ts';
import { validateEnv, validateEnvFrom } from './environment.ts';
import { duplicate, type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { validateHandlers } from './handlers.ts';
import { validateDevices, validateMounts } from './mounts.ts';
import { labelErrors } from './names.ts';
import { validateContainerSecurity } from './podsecurity.ts';
import { portRange, protocols, validatePortName } from './ports.ts';
import { validateContainerResource } from './resourcenames.ts';
import { validateRequirements } from './resources.ts';
import { validateRestartRules } from './restartrules.ts';
import type { Volumes } from './volumes.ts';

/** What containers of a Pod share. */
export interface Surroundings {
  readonly spec: PodSpec;
  readonly volumes: Volumes;
  /** Names of the Pod's claims of devices. */
  readonly claims: ReadonlySet<string>;
}

const messagePolicies = ['File', 'FallbackToLogsOnError'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

/** What holds for containers of all sorts. */
export function validateContainer(
  errors: Errors,
  container: Container,
  at: string,
  { spec, volumes, claims }: Surroundings,
): void {
  const { name, image, imagePullPolicy, terminationMessagePolicy: messages } = container;
  if (!name) errors.push(required(`${at}.name`));
  else for (const error of labelErrors(name)) errors.push(invalid(`${at}.name`, name, error));
  if (!image) errors.push(required(`${at}.image`));
  if (messages !== undefined && !messagePolicies.includes(messages)) {
    errors.push(unsupported(`${at}.terminationMessagePolicy`, messages, messagePolicies));
  }
  validatePorts(errors, container.ports ?? [], `${at}.ports`);
  validateEnv(errors, container.env ?? [], `${at}.env`);
  const { envFrom, resizePolicy } = container as unknown as Fields;
  validateEnvFrom(errors, listOf(envFrom), `${at}.envFrom`);
  validateMounts(errors, container, `${at}.volumeMounts`, volumes);
  validateDevices(errors, container, `${at}.volumeDevices`, volumes);
  if (imagePullPolicy !== undefined && !pullPolicies.includes(imagePullPolicy)) {
    errors.push(unsupported(`${at}.imagePullPolicy`, imagePullPolicy, pullPolicies));
  }
  const resources = container.resources ?? {};
  validateRequirements(errors, resources, `${at}.resources`, validateContainerResource, claims);
  validateResize(errors, listOf(resizePolicy), `${at}.resizePolicy`, spec);
  validateContainerSecurity(errors, container, `${at}.securityContext`, spec);
}

export function validateContainers(errors: Errors, field: string, around: Surroundings): void {
  const { containers, terminationGracePeriodSeconds } = around.spec;
  if (!Array.isArray(containers) || containers.length === 0) {
    errors.push(required(field));
    return;
  }
  const names = new Set<string>();
  (containers as readonly Container[]).forEach((container, i) => {
    const at = `${field}[${i}]`;
    validateContainer(errors, container, at, around);
    const { name = '' } = container;
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    validateHandlers(errors, container, at, terminationGracePeriodSeconds);
    validateRestartRules(errors, container, at);
  });
  validateHostPorts(errors, containers, (i) => `${field}[${i}]`);
}

const onlySidecars = 'may not be set for init containers without restartPolicy=Always';
const handlers = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** Only those that go on beside the others are probed. */
export function validateInitContainers(errors: Errors, field: string, around: Surroundings): void {
  const { containers = [], initContainers = [], terminationGracePeriodSeconds } = around.spec;
  const names = new Set(containers.map(({ name }) => name));
  initContainers.forEach((container, i) => {
    const at = `${field}[${i}]`;
    validateContainer(errors, container, at, around);
    validateRestartRules(errors, container, at);
    const { name = '' } = container;
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    else if (name !== '') names.add(name);
    // Each runs alone; upstream blames the first of the list for its ports.
    validateHostPorts(errors, [container], () => `${field}[0]`);
    if (container.restartPolicy === 'Always') {
      validateHandlers(errors, container, at, terminationGracePeriodSeconds);
      return;
    }
    for (const part of handlers) {
      if (container[part] !== undefined) errors.push(forbidden(`${at}.${part}`, onlySidecars));
    }
  });
}

/** Of Pods only: templates may say anything that is not nothing. */
export function validateImages(errors: Errors, spec: PodSpec, field: string): void {
  for (const list of ['containers', 'initContainers'] as const) {
    const containers = spec[list];
    if (!Array.isArray(containers)) continue;
    (containers as readonly Container[]).forEach(({ image = '' }, i) => {
      if (image.trim() === image) return;
      const why = 'must not have leading or trailing whitespace';
      errors.push(invalid(`${field}.${list}[${i}].image`, image, why));
    });
  }
}

const inRange = (port: number): boolean => port >= 1 && port <= 65_535;

function validatePorts(errors: Errors, ports: readonly ContainerPort[], field: string): void {
  const names = new Set<string>();
  ports.forEach(({ name, containerPort, hostPort, protocol }, i) => {
    const at = `${field}[${i}]`;
    if (name) {
      const before = errors.length;
      validatePortName(errors, `${at}.name`, name);
      if (errors.length === before) {
        if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
        names.add(name);
      }
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`));
    else if (!inRange(containerPort)) {
      errors.push(invalid(`${at}.containerPort`, containerPort, portRange));
    }
    if (hostPort && !inRange(hostPort)) {
      errors.push(invalid(`${at}.hostPort`, hostPort, portRange));
    }
    if (protocol !== undefined && !protocols.includes(protocol)) {
      errors.push(unsupported(`${at}.protocol`, protocol, protocols));
    }
  });
}

/** A port of the node can be asked for once. */
function validateHostPorts(
  errors: Errors,
  containers: readonly Container[],
  at: (i: number) => string,
): void {
  const known = new Set<string>();
  containers.forEach(({ ports = [] }, i) => {
    ports.forEach(({ hostPort = 0, hostIP = '', protocol = 'TCP' }, j) => {
      if (hostPort === 0) return;
      const place = `${protocol}/${hostIP}/${hostPort}`;
      if (known.has(place)) errors.push(duplicate(`${at(i)}.ports[${j}].hostPort`, place));
      known.add(place);
    });
  });
}

const resizable = ['cpu', 'memory'];
const resizePolicies = ['NotRequired', 'RestartContainer'];

/** Each is blamed on the list as a whole, unless it stands there twice. */
function validateResize(
  errors: Errors,
  list: readonly Fields[],
  at: string,
  { restartPolicy }: PodSpec,
): void {
  const seen = new Set<string>();
  list.forEach((one, i) => {
    const [name, policy] = [textOf(one['resourceName']), textOf(one['restartPolicy'])];
    if (seen.has(name)) errors.push(duplicate(`${at}[${i}]`, name));
    seen.add(name);
    for (const [value, words] of [
      [name, resizable],
      [policy, resizePolicies],
    ] as const) {
      if (value === '') errors.push(required(at));
      else if (!words.includes(value)) errors.push(unsupported(at, value, words));
    }
    if (restartPolicy !== 'Never' || policy === 'NotRequired') return;
    const why = "must be 'NotRequired' when `restartPolicy` is 'Never'";
    errors.push(invalid(at, policy, why));
  });
}
