/**
 * Defaults of Pod specs and templates (api-05 §1).
 *
 * A defaulted spec is remembered by identity, so the thousand Pods of one template share one.
 */
import { blank } from '../../blank.ts';
import { normalized } from '../normalize.ts';
import { defaultVolume } from '../volume/volumedefaults.ts';
import { withWhole } from './podrequests.ts';
import type { Container, PodSpec, PodTemplateSpec, Probe } from './podspec.ts';
import { pullPolicyOf } from './pullpolicy.ts';

const templates = new WeakMap<PodSpec, PodSpec>();
const pods = new WeakMap<PodSpec, PodSpec>();

/** Defaults of a spec inside a template. */
export const defaultTemplateSpec = (spec: PodSpec): PodSpec => remembered(templates, spec, common);

/** Defaults of a Pod's own spec: those of a template and a few more. */
export const defaultPodSpec = (spec: PodSpec): PodSpec =>
  remembered(pods, spec, (given) => ownDefaults(common(given)));

export function defaultTemplate(template: PodTemplateSpec): PodTemplateSpec {
  if (template?.spec === undefined) return template;
  const spec = defaultTemplateSpec(template.spec);
  return spec === template.spec ? template : { ...template, spec };
}

function remembered(
  memory: WeakMap<PodSpec, PodSpec>,
  spec: PodSpec,
  defaults: (spec: PodSpec) => PodSpec,
): PodSpec {
  if (typeof spec !== 'object' || spec === null) return spec;
  let result = memory.get(spec);
  if (result === undefined) {
    result = defaults(normalized(spec, 'core.v1.PodSpec'));
    memory.set(spec, result);
    memory.set(result, result);
  }
  return result;
}

function common(spec: PodSpec): PodSpec {
  const { containers, initContainers, ephemeralContainers, volumes } = spec;
  const serviceAccount = spec.serviceAccountName ?? spec.serviceAccount;
  return filled(spec, {
    ...blank,
    ...(Array.isArray(containers) ? { containers: mapShared(containers, defaultContainer) } : {}),
    ...(Array.isArray(initContainers)
      ? { initContainers: mapShared(initContainers, defaultContainer) }
      : {}),
    ...(Array.isArray(ephemeralContainers)
      ? { ephemeralContainers: mapShared(ephemeralContainers, defaultContainer) }
      : {}),
    ...(Array.isArray(volumes) ? { volumes: mapShared(volumes, defaultVolume) } : {}),
    ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount, serviceAccount }),
    restartPolicy: spec.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    securityContext: spec.securityContext ?? {},
    schedulerName: spec.schedulerName ?? 'default-scheduler',
  });
}

function ownDefaults(spec: PodSpec): PodSpec {
  const withRequests = (container: Container): Container => {
    const { limits, requests } = container.resources ?? {};
    if (limits === undefined || Object.keys(limits).every((name) => requests?.[name])) {
      return container;
    }
    return {
      ...container,
      resources: { ...container.resources, requests: { ...limits, ...requests } },
    };
  };
  const withHostPorts = (container: Container): Container => {
    if (spec.hostNetwork !== true || container.ports === undefined) return container;
    const ports = mapShared(container.ports, (port) =>
      filled(port, { hostPort: port.hostPort ?? port.containerPort }),
    );
    return filled(container, { ports });
  };
  const all = (list: readonly Container[]) =>
    mapShared(list, (container) => withHostPorts(withRequests(container)));
  return withWhole(
    filled(spec, {
      enableServiceLinks: spec.enableServiceLinks ?? true,
      ...(Array.isArray(spec.containers) ? { containers: all(spec.containers) } : {}),
      ...(Array.isArray(spec.initContainers) ? { initContainers: all(spec.initContainers) } : {}),
    }),
  );
}

function defaultContainer(container: Container): Container {
  if (typeof container !== 'object' || container === null) return container;
  const { ports, livenessProbe, readinessProbe, startupProbe, env, lifecycle } = container;
  return filled(container, {
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
    imagePullPolicy: container.imagePullPolicy ?? pullPolicyOf(container.image ?? ''),
    resources: container.resources ?? {},
    ...(Array.isArray(ports)
      ? { ports: mapShared(ports, (p) => filled(p, { protocol: p.protocol ?? 'TCP' })) }
      : {}),
    ...(livenessProbe === undefined ? {} : { livenessProbe: defaultProbe(livenessProbe) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: defaultProbe(readinessProbe) }),
    ...(startupProbe === undefined ? {} : { startupProbe: defaultProbe(startupProbe) }),
    ...(Array.isArray(env) ? { env: mapShared(env, defaultEnv) } : {}),
    ...(lifecycle === undefined ? {} : { lifecycle: defaultLifecycle(lifecycle as Lifecycle) }),
  });
}

function defaultProbe(probe: Probe): Probe {
  const { httpGet, grpc } = probe;
  return filled(probe, {
    timeoutSeconds: probe.timeoutSeconds || 1,
    periodSeconds: probe.periodSeconds || 10,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
    ...(httpGet === undefined ? {} : { httpGet: defaultHttpGet(httpGet) }),
    ...(grpc === undefined ? {} : { grpc: filled(grpc, { service: grpc.service ?? '' }) }),
  });
}

type HttpGet = NonNullable<Probe['httpGet']>;

const defaultHttpGet = (httpGet: HttpGet): HttpGet =>
  filled(httpGet, { path: httpGet.path || '/', scheme: httpGet.scheme || 'HTTP' });

interface Handler {
  readonly httpGet?: HttpGet;
}

interface Lifecycle {
  readonly postStart?: Handler;
  readonly preStop?: Handler;
}

function defaultLifecycle({ postStart, preStop, ...others }: Lifecycle): Lifecycle {
  const handler = (given: Handler): Handler =>
    given.httpGet === undefined ? given : { ...given, httpGet: defaultHttpGet(given.httpGet) };
  return {
    ...others,
    ...(postStart === undefined ? {} : { postStart: handler(postStart) }),
    ...(preStop === undefined ? {} : { preStop: handler(preStop) }),
  };
}

type Env = NonNullable<Container['env']>[number];

function defaultEnv(env: Env): Env {
  const from = env.valueFrom as { fieldRef?: { apiVersion?: string } } | undefined;
  if (from?.fieldRef === undefined || from.fieldRef.apiVersion !== undefined) return env;
  return { ...env, valueFrom: { ...from, fieldRef: { apiVersion: 'v1', ...from.fieldRef } } };
}

/** `object` with `fields`; itself if it has them already. */
export function filled<T extends object>(object: T, fields: Partial<T>): T {
  for (const name in fields) {
    if (object[name] !== fields[name]) return { ...blank, ...object, ...fields };
  }
  return object;
}

export function mapShared<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  let same = true;
  const changed = list.map((item) => {
    const next = change(item);
    if (next !== item) same = false;
    return next;
  });
  return same ? list : changed;
}
