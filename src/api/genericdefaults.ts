/** What is filled in for kinds that have no file of their own (api-05 §2, §4). */
import type { KubeObject, Labels } from './meta.ts';
import { isObject } from './patch/merge.ts';
import { defaultTemplate, filled, mapShared } from './pod/poddefaults.ts';
import type { PodTemplateSpec } from './pod/podspec.ts';

type Fields = Readonly<Record<string, unknown>>;
type Loose = KubeObject & Fields;
type Defaults = (object: Loose) => KubeObject;

/** The object with `spec` (or another part) changed, if it is there at all. */
const inside = (object: Loose, name: string, change: (part: Fields) => Fields): Loose => {
  const part = object[name];
  return isObject(part) ? filled(object, { [name]: change(part) } as Partial<Loose>) : object;
};

/** `object` with what it does not say. */
const unless = (object: Fields, fields: Fields): Fields => {
  const missing = Object.entries(fields).filter(([name]) => object[name] === undefined);
  return missing.length === 0 ? object : { ...object, ...Object.fromEntries(missing) };
};

/** A list inside a part, each of its mappings changed. */
function each(part: Fields, name: string, change: (item: Fields) => Fields): Fields {
  const list = part[name];
  if (!Array.isArray(list)) return part;
  return filled(part, {
    [name]: mapShared(list, (item) => (isObject(item) ? change(item) : item)),
  });
}

const withProtocol = (ports: Fields): Fields => unless(ports, { protocol: 'TCP' });

const rbac = 'rbac.authorization.k8s.io';

function roleBinding(object: Loose): KubeObject {
  const given = isObject(object['roleRef']) ? object['roleRef'] : {};
  // A group that is named empty is none, too.
  const { apiGroup, ...named } = given;
  const roleRef = apiGroup ? given : { ...named, apiGroup: rbac };
  const bound = filled(object, { roleRef } as Partial<Loose>);
  return each(bound, 'subjects', (subject) =>
    subject['kind'] === 'User' || subject['kind'] === 'Group'
      ? unless(subject, { apiGroup: rbac })
      : subject,
  ) as Loose;
}

function networkPolicy(spec: Fields): Fields {
  const rule = (one: Fields): Fields => each(one, 'ports', withProtocol);
  const policyTypes = spec['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress'];
  return unless(each(each(spec, 'ingress', rule), 'egress', rule), { policyTypes });
}

/** A limit without a default has its maximum as one; a request, the limit or the minimum. */
function limit(item: Fields): Fields {
  if (item['type'] !== 'Container') return item;
  const { max, min, default: given, defaultRequest } = item as Readonly<Record<string, Labels>>;
  const limits = { ...max, ...given };
  const requests = { ...min, ...limits, ...defaultRequest };
  return {
    ...item,
    ...(Object.keys(limits).length === 0 ? {} : { default: limits }),
    ...(Object.keys(requests).length === 0 ? {} : { defaultRequest: requests }),
  };
}

const withScope = (rule: Fields): Fields => unless(rule, { scope: '*' });

const everything = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };

function webhook(hook: Fields): Fields {
  const { clientConfig } = hook;
  const service = isObject(clientConfig) ? clientConfig['service'] : undefined;
  const called = isObject(service)
    ? {
        ...hook,
        clientConfig: { ...(clientConfig as Fields), service: unless(service, { port: 443 }) },
      }
    : hook;
  const full = unless(called, { failurePolicy: 'Fail', ...everything, timeoutSeconds: 10 });
  return each(full, 'rules', withScope);
}

const webhooks: Defaults = (object) => each(object, 'webhooks', webhook) as Loose;

const matching = (match: unknown): unknown =>
  isObject(match)
    ? each(
        each(unless(match, everything), 'resourceRules', withScope),
        'excludeResourceRules',
        withScope,
      )
    : match;

/** What a policy, or a binding, is about, at `field`; a policy fails if it cannot be asked. */
const policy =
  (field: string, extra: Fields): Defaults =>
  (object) =>
    inside(object, 'spec', (spec) => {
      const full = unless(spec, extra);
      return full[field] === undefined ? full : { ...full, [field]: matching(full[field]) };
    });

/** One device is wanted, unless it is said how many. */
function wanted(request: Fields): Fields {
  const allocationMode = request['allocationMode'] || 'ExactCount';
  const isCounted = allocationMode === 'ExactCount' && !request['count'];
  const full = { ...request, allocationMode, ...(isCounted ? { count: 1 } : {}) };
  return each(full, 'tolerations', (one) => unless(one, { operator: 'Equal' }));
}

function claimSpec(spec: Fields): Fields {
  const { devices } = spec;
  if (!isObject(devices)) return spec;
  const request = (one: Fields): Fields => {
    const { exactly } = one;
    const own = isObject(exactly) ? { ...one, exactly: wanted(exactly) } : one;
    return each(own, 'firstAvailable', wanted);
  };
  return { ...spec, devices: each(devices, 'requests', request) };
}

const shares = { nominalConcurrencyShares: 0, lendablePercent: 0 };
const queues = { queues: 64, handSize: 8, queueLengthLimit: 50 };

/** Limits of a priority level, and the queues of those who wait. */
function priorityLevel(spec: Fields): Fields {
  const part = (of: Fields, name: string, change: (one: Fields) => Fields): Fields =>
    isObject(of[name]) ? { ...of, [name]: change(of[name]) } : of;
  const withQueues = (response: Fields): Fields =>
    part(response, 'queuing', (one) => unless(one, queues));
  return part(
    part(spec, 'exempt', (one) => unless(one, shares)),
    'limited',
    (one) =>
      part(unless(one, { ...shares, nominalConcurrencyShares: 30 }), 'limitResponse', withQueues),
  );
}

export const genericDefaults: Readonly<Record<string, Defaults>> = {
  ResourceClaim: (object) => inside(object, 'spec', claimSpec),
  ResourceClaimTemplate: (object) =>
    inside(object, 'spec', (spec) =>
      isObject(spec['spec']) ? { ...spec, spec: claimSpec(spec['spec']) } : spec,
    ),
  FlowSchema: (object) =>
    inside(object, 'spec', (spec) =>
      spec['matchingPrecedence'] ? spec : { ...spec, matchingPrecedence: 1000 },
    ),
  PriorityLevelConfiguration: (object) => inside(object, 'spec', priorityLevel),
  ValidatingWebhookConfiguration: webhooks,
  MutatingWebhookConfiguration: (object) =>
    each(webhooks(object) as Loose, 'webhooks', (hook) =>
      unless(hook, { reinvocationPolicy: 'Never' }),
    ) as Loose,
  ValidatingAdmissionPolicy: policy('matchConstraints', { failurePolicy: 'Fail' }),
  MutatingAdmissionPolicy: policy('matchConstraints', { failurePolicy: 'Fail' }),
  ValidatingAdmissionPolicyBinding: policy('matchResources', {}),
  MutatingAdmissionPolicyBinding: policy('matchResources', {}),
  RoleBinding: roleBinding,
  ClusterRoleBinding: roleBinding,
  PodTemplate: (object) =>
    object['template'] === undefined
      ? object
      : filled(object, { template: defaultTemplate(object['template'] as PodTemplateSpec) }),
  NetworkPolicy: (object) => inside(object, 'spec', networkPolicy),
  IngressClass: (object) =>
    inside(object, 'spec', (spec) =>
      isObject(spec['parameters'])
        ? filled(spec, { parameters: unless(spec['parameters'], { scope: 'Cluster' }) })
        : spec,
    ),
  Endpoints: (object) =>
    each(object, 'subsets', (set) => each(set, 'ports', withProtocol)) as Loose,
  EndpointSlice: (object) => {
    const ports = each(object, 'ports', (port) => unless(port, { name: '', protocol: 'TCP' }));
    return each(ports, 'endpoints', (one) => unless(one, { conditions: {} })) as Loose;
  },
  LimitRange: (object) => inside(object, 'spec', (spec) => each(spec, 'limits', limit)),
  CSIDriver: (object) =>
    filled(object, {
      spec: unless(isObject(object.spec) ? object.spec : {}, {
        attachRequired: true,
        podInfoOnMount: false,
        storageCapacity: false,
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
        volumeLifecycleModes: ['Persistent'],
        requiresRepublish: false,
        seLinuxMount: false,
      }),
    }),
};

/** The status that an object begins with, where an empty one is written all the same (api-05 §5). */
export const firstStatus: Readonly<Record<string, Fields>> = {
  Ingress: { loadBalancer: {} },
  ResourceQuota: {},
  CertificateSigningRequest: {},
  ValidatingAdmissionPolicy: {},
  FlowSchema: {},
  PriorityLevelConfiguration: {},
  APIService: {},
  ServiceCIDR: {},
  ResourceClaim: {},
};
