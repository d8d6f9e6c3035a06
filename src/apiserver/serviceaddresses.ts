/**
 * What a Service is given that no other has: its address, and its ports on every node (api-05 §3).
 *
 * Upstream draws at random above a band that is left to those who ask for a number; the draw here
 * depends on the seed and the revision. What is taken is asked of the store, not kept in a bitmap.
 */
import type { FieldError } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import {
  hasNodePorts,
  type IpFamily,
  type Service,
  type ServiceSpec,
} from '../api/service/service.ts';
import { type Errors, invalid, invalidRaw } from '../api/validation/errors.ts';
import { isIPv4 } from '../api/validation/ip.ts';
import { chance } from '../sim/chance.ts';
import type { Handling } from './apiserver.ts';

/** 10.96.0.0/16, of which the first 256 addresses are for those who ask. */
const network = '10.96';
export const serviceRange = `${network}.0.0/16`;
const addressBand = 256;
const addressMax = 65_534;

const nodePortMin = 30_000;
const nodePortMax = 32_767;
const nodePortBand = 86;

export type Addressed =
  | { readonly ok: true; readonly object: KubeObject }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** The object, if it is a Service, with what it is given; or why it cannot have what it asks for. */
export function addressed(
  object: KubeObject,
  current: KubeObject | undefined,
  handling: Handling,
): Addressed {
  if (handling.kind.kind !== 'Service') return { ok: true, object };
  const { spec } = object as Service;
  const was = (current as Service | undefined)?.spec;
  const errors: Errors = [];
  const withIP = withAddress(spec, was, errors, handling);
  const next = errors.length > 0 ? withIP : withNodePorts(withIP, was, errors, handling);
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, object: next === spec ? object : { ...object, spec: next } };
}

function withAddress(
  spec: ServiceSpec,
  was: ServiceSpec | undefined,
  errors: Errors,
  handling: Handling,
): ServiceSpec {
  if (spec.type === 'ExternalName') return withoutAddress(spec);
  const asked = spec.clusterIP ?? spec.clusterIPs?.[0];
  const headless = asked === 'None';
  const families = familiesOf(spec, headless);
  const before = was?.clusterIP;
  if (asked !== undefined && !headless && asked !== before) {
    const why = refusal(asked, handling);
    if (why !== undefined) {
      const list = JSON.stringify(spec.clusterIPs ?? [asked]);
      errors.push(invalidRaw('spec.clusterIPs', list, `failed to allocate IP ${asked}: ${why}`));
      return spec;
    }
  }
  const clusterIP = asked ?? freeAddress(handling);
  if (spec.clusterIP === clusterIP && spec.ipFamilies !== undefined && spec.clusterIPs) return spec;
  return { ...spec, clusterIP, clusterIPs: spec.clusterIPs ?? [clusterIP], ...families };
}

function withoutAddress(spec: ServiceSpec): ServiceSpec {
  if (spec.clusterIP === undefined && spec.ipFamilies === undefined) return spec;
  const {
    clusterIP: _ip,
    clusterIPs: _ips,
    ipFamilies: _families,
    ipFamilyPolicy: _policy,
    ...rest
  } = spec;
  return rest;
}

/** Only what has no Pods of its own may be of a family that the cluster does not have. */
function familiesOf(spec: ServiceSpec, headless: boolean) {
  const selects = spec.selector !== undefined && Object.keys(spec.selector).length > 0;
  const both = headless && !selects && spec.ipFamilyPolicy !== 'SingleStack';
  const ipFamilies: readonly IpFamily[] = spec.ipFamilies ?? (both ? ['IPv4', 'IPv6'] : ['IPv4']);
  const ipFamilyPolicy = spec.ipFamilyPolicy ?? (both ? 'RequireDualStack' : 'SingleStack');
  return { ipFamilies, ipFamilyPolicy } as const;
}

function refusal(ip: string, handling: Handling): string | undefined {
  if (!isIPv4(ip) || !ip.startsWith(`${network}.`)) {
    return `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${serviceRange}`;
  }
  if (handling.dryRun || !isTaken(ip, 'clusterIP', handling)) return undefined;
  return 'provided IP is already allocated';
}

const isTaken = (value: string, index: string, { store }: Handling): boolean =>
  store.view().by('Service', index, value).length > 0;

function freeAddress(handling: Handling): string {
  // A dry run takes none: it is shown where the range begins.
  if (handling.dryRun) return `${network}.0.0`;
  const size = addressMax - addressBand;
  const from = draw(size, 'clusterIP', handling);
  for (let i = 0; i < size; i++) {
    const offset = addressBand + 1 + ((from + i) % size);
    const ip = `${network}.${offset >> 8}.${offset & 255}`;
    if (!isTaken(ip, 'clusterIP', handling)) return ip;
  }
  return `${network}.0.10`;
}

function withNodePorts(
  spec: ServiceSpec,
  was: ServiceSpec | undefined,
  errors: Errors,
  handling: Handling,
): ServiceSpec {
  const own = new Set(was?.ports?.map(({ nodePort }) => nodePort));
  const given = new Set<number>();
  if (!hasNodePorts(spec)) return spec;
  const ports = (spec.ports ?? []).map((port, i) => {
    if (port.nodePort) {
      const field = `spec.ports[${i}].nodePort`;
      const why = own.has(port.nodePort) ? undefined : portRefusal(port.nodePort, handling);
      if (why !== undefined) errors.push(invalid(field, port.nodePort, why));
      return port;
    }
    const nodePort = freePort(String(i), given, handling);
    given.add(nodePort);
    return { ...port, nodePort };
  });
  const changed = ports.some((port, i) => port !== spec.ports![i]);
  const health = needsHealthPort(spec) ? freePort('health', given, handling) : undefined;
  if (!changed && health === undefined) return spec;
  return { ...spec, ports, ...(health === undefined ? {} : { healthCheckNodePort: health }) };
}

const needsHealthPort = (spec: ServiceSpec): boolean =>
  spec.type === 'LoadBalancer' &&
  spec.externalTrafficPolicy === 'Local' &&
  !spec.healthCheckNodePort;

function portRefusal(port: number, handling: Handling): string | undefined {
  if (handling.dryRun) return undefined;
  if (port < nodePortMin || port > nodePortMax) {
    return `provided port is not in the valid range. The range of valid ports is ${nodePortMin}-${nodePortMax}`;
  }
  return isTaken(String(port), 'nodePort', handling)
    ? 'provided port is already allocated'
    : undefined;
}

function freePort(about: string, given: ReadonlySet<number>, handling: Handling): number {
  const least = nodePortMin + nodePortBand;
  const size = nodePortMax - least + 1;
  const from = draw(size, `nodePort ${about}`, handling);
  for (let i = 0; i < size; i++) {
    const port = least + ((from + i) % size);
    if (!given.has(port) && !isTaken(String(port), 'nodePort', handling)) return port;
  }
  return nodePortMin;
}

const draw = (size: number, about: string, { seed, store }: Handling): number =>
  Math.floor(chance(seed, [about, String(store.revision)]) * size);
