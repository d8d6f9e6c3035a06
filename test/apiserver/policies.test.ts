/** ValidatingAdmissionPolicies: what they refuse, warn of and note down, and whom they ask about (KEP-3488). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Request } from '../../src/apiserver/request.ts';
import { type Any, binding, creation, deployment, merging, pod, TestCluster } from './cluster.ts';

const test = suite('admission policies');

const group = 'admissionregistration.k8s.io/v1';

/** About all that is done to Pods and Deployments, unless something else is said. */
const policy = (spec: Any, name = 'p.example.com'): Any => ({
  apiVersion: group,
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec: {
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: ['', 'apps'],
          apiVersions: ['v1'],
          operations: ['*'],
          resources: ['pods', 'deployments'],
        },
      ],
    },
    ...spec,
  },
});

const bound = (spec: Any = {}, name = 'b.example.com', policyName = 'p.example.com'): Any => ({
  apiVersion: group,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name },
  spec: { policyName, validationActions: ['Deny'], ...spec },
});

function clusterWith(spec: Any, bindingSpec: Any = {}): TestCluster {
  const cluster = new TestCluster();
  cluster.create('ValidatingAdmissionPolicy', policy(spec));
  cluster.create('ValidatingAdmissionPolicyBinding', bound(bindingSpec));
  return cluster;
}

const rule = (resource: string, operations = ['*'], apiGroup = '*'): Any => ({
  matchConstraints: {
    resourceRules: [
      { apiGroups: [apiGroup], apiVersions: ['*'], operations, resources: [resource] },
    ],
  },
});

const denied = (message: string): string =>
  `ValidatingAdmissionPolicy 'p.example.com' with binding 'b.example.com' denied request: ${message}`;

const small = { validations: [{ expression: 'object.spec.replicas <= 5' }] };

test('what does not hold is refused, by the expression itself if nothing else is said', () => {
  const cluster = clusterWith({ ...small, ...rule('deployments') });
  const status = cluster.refused(creation('Deployment', deployment('d', { replicas: 6 })));
  const message = denied('failed expression: object.spec.replicas <= 5');
  assert.is(status.message, `deployments.apps "d" is forbidden: ${message}`);
  assert.is(status.code, 422);
  assert.is(status.reason, 'Invalid');
  assert.equal(status.details, {
    name: 'd',
    group: 'apps',
    kind: 'deployments',
    causes: [{ message }],
  });
  cluster.create('Deployment', deployment('d', { replicas: 5 }));
  const patch = { spec: { replicas: 7 } };
  assert.match(cluster.refused(merging('Deployment', 'd', patch)).message, 'denied request');
  cluster.merge('Deployment', 'd', { spec: { replicas: 4 } });
});

test('a message may be written down or worked out, and a reason has a code', () => {
  const expression = 'object.spec.replicas <= 5';
  const refusal = (validation: Any) =>
    clusterWith({ validations: [{ expression, ...validation }], ...rule('deployments') }).refused(
      creation('Deployment', deployment('d', { replicas: 6 })),
    );
  const forbidden = refusal({ message: ' too many ', reason: 'Forbidden' });
  assert.is(forbidden.code, 403);
  assert.ok(forbidden.message.endsWith(denied('too many')));
  const worked = {
    messageExpression: "'not ' + string(object.spec.replicas)",
    message: 'too many',
  };
  assert.ok(refusal(worked).message.endsWith(denied('not 6')));
  const unusable = { messageExpression: 'object.spec.none', message: 'too many' };
  assert.ok(refusal(unusable).message.endsWith(denied('too many')));
});

test('what cannot be told is refused, unless the policy lets failures pass', () => {
  const spec = { validations: [{ expression: 'object.spec.none == 1' }], ...rule('pods') };
  const { message } = clusterWith(spec).refused(creation('Pod', pod('a')));
  const why = "expression 'object.spec.none == 1' resulted in error: no such key: none";
  assert.ok(message.endsWith(denied(why)));
  clusterWith({ ...spec, failurePolicy: 'Ignore' }).create('Pod', pod('a'));
});

test('an action warns, or notes in the audit log, and lets pass', () => {
  const auditAnnotations = [{ key: 'replicas', valueExpression: 'string(object.spec.replicas)' }];
  const spec = { ...small, auditAnnotations, ...rule('deployments') };
  const cluster = clusterWith(spec, { validationActions: ['Warn', 'Audit'] });
  const object = deployment('d', { replicas: 6 });
  const { ok, warnings, annotations } = cluster.api.handle(
    creation('Deployment', object),
    'user/test',
    [],
  );
  assert.ok(ok);
  const message = 'failed expression: object.spec.replicas <= 5';
  assert.equal(warnings, [
    `Validation failed for ValidatingAdmissionPolicy 'p.example.com' with binding 'b.example.com': ${message}`,
  ]);
  assert.equal(annotations, {
    'p.example.com/replicas': '6',
    'validation.policy.admission.k8s.io/validation_failure': JSON.stringify([
      {
        message,
        policy: 'p.example.com',
        binding: 'b.example.com',
        expressionIndex: 0,
        validationActions: ['Warn', 'Audit'],
      },
    ]),
  });
});

test('conditions say what a policy is about; one that fails decides only if all others hold', () => {
  const about = (...matchConditions: Any[]) => ({
    validations: [{ expression: 'false' }],
    matchConditions,
    ...rule('pods'),
  });
  const named = { name: 'named', expression: "object.metadata.name == 'a'" };
  const broken = { name: 'broken', expression: 'object.spec.none' };
  const cluster = clusterWith(about(named));
  cluster.create('Pod', pod('b'));
  cluster.refused(creation('Pod', pod('a')));
  clusterWith(about(broken, named)).create('Pod', pod('b'));
  const { message } = clusterWith(about(broken, named)).refused(creation('Pod', pod('a')));
  assert.match(message, "expression 'object.spec.none' resulted in error");
});

test('variables are worked out when they are asked for', () => {
  const cluster = clusterWith({
    variables: [
      { name: 'images', expression: 'object.spec.containers.map(c, c.image)' },
      { name: 'bad', expression: "variables.images.filter(i, !i.startsWith('web'))" },
      { name: 'never', expression: 'object.spec.none' },
    ],
    validations: [
      {
        expression: 'variables.bad.size() == 0',
        messageExpression: "'not from here: ' + variables.bad.join(', ')",
      },
    ],
    ...rule('pods'),
  });
  cluster.create('Pod', pod('a'));
  const other = pod('b', { containers: [{ name: 'c', image: 'other:1' }] });
  assert.match(cluster.refused(creation('Pod', other)).message, 'not from here: other:1');
});

test('parameters are objects of their own: each judges, and none is an answer, too', () => {
  const limit = (name: string, most: string, labels = {}): Any => ({
    metadata: { name, namespace: 'default', labels },
    data: { most },
  });
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    validations: [
      { expression: 'params == null || object.spec.replicas <= int(params.data.most)' },
    ],
    ...rule('deployments'),
  };
  const five = creation('Deployment', deployment('d', { replicas: 5 }));
  const byName = { paramRef: { name: 'limit', parameterNotFoundAction: 'Deny' } };
  const cluster = clusterWith(spec, byName);
  assert.match(
    cluster.refused(five).message,
    'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
  );
  cluster.create('ConfigMap', limit('limit', '4'));
  assert.match(cluster.refused(five).message, 'failed expression');
  cluster.merge('ConfigMap', 'limit', { data: { most: '5' } });
  cluster.ok(five);
  const selector = { matchLabels: { limit: 'yes' } };
  const several = clusterWith(spec, { paramRef: { selector, parameterNotFoundAction: 'Allow' } });
  several.ok({ ...five, dryRun: true } as Request);
  several.create('ConfigMap', limit('a', '9', { limit: 'yes' }));
  several.create('ConfigMap', limit('b', '3', { limit: 'yes' }));
  several.refused(five);
  clusterWith(spec).ok(five);
});

test('labels of namespaces and objects choose, and exceptions let go', () => {
  const never = { validations: [{ expression: 'false' }] };
  const { matchConstraints } = rule('pods');
  const narrowed = (more: Any) =>
    clusterWith({ ...never, matchConstraints: { ...matchConstraints, ...more } });
  const selector = { matchLabels: { guarded: 'yes' } };
  const byNamespace = narrowed({ namespaceSelector: selector });
  byNamespace.create('Pod', pod('a'));
  byNamespace.merge('Namespace', 'default', { metadata: { labels: { guarded: 'yes' } } });
  byNamespace.refused(creation('Pod', pod('b')));
  const byObject = narrowed({ objectSelector: selector });
  byObject.create('Pod', pod('a'));
  byObject.refused(creation('Pod', pod('b', undefined, { labels: { guarded: 'yes' } })));
  const exception = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['*'],
    resources: ['pods'],
    resourceNames: ['a'],
  };
  const excepted = narrowed({ excludeResourceRules: [exception] });
  excepted.create('Pod', pod('a'));
  excepted.refused(creation('Pod', pod('b')));
});

test('deletions, subresources, sizes and bindings are asked about by their names', () => {
  const never = { validations: [{ expression: 'object == null && oldObject == null' }] };
  const made = (resource: string, operations: string[], apiGroup = '*') => {
    const cluster = new TestCluster();
    cluster.create('Deployment', deployment('d'));
    cluster.create('Pod', pod('a'));
    cluster.create(
      'ValidatingAdmissionPolicy',
      policy({ ...never, ...rule(resource, operations, apiGroup) }),
    );
    cluster.create('ValidatingAdmissionPolicyBinding', bound());
    return cluster;
  };
  const removal: Request = { verb: 'delete', kind: 'Pod', namespace: 'default', name: 'a' };
  made('pods', ['DELETE']).refused(removal);
  made('pods', ['CREATE', 'UPDATE']).ok(removal);
  const labelled = merging('Pod', 'a', { metadata: { labels: { a: 'b' } } });
  const status = merging('Pod', 'a', { status: { phase: 'Running' } }, 'status');
  const onStatus = made('pods/status', ['UPDATE']);
  onStatus.refused(status);
  onStatus.ok(labelled);
  const onPods = made('pods', ['UPDATE']);
  onPods.refused(labelled);
  onPods.ok(status);
  made('pods/*', ['*']).refused(binding('a', { target: { kind: 'Node', name: 'n1' } }));
  const resized = merging('Deployment', 'd', { spec: { replicas: 2 } }, 'scale');
  const { message } = made('deployments/scale', ['*'], 'apps').refused(resized);
  assert.match(message, 'deployments.apps "d" is forbidden');
});

test('the request tells who asks, and the authorizer what they may do', () => {
  const spec = {
    validations: [
      { expression: "request.operation == 'CREATE' && request.kind.kind == 'Pod'" },
      { expression: "!request.userInfo.username.startsWith('system:node:')", message: 'no nodes' },
      {
        expression:
          "authorizer.group('').resource('secrets').namespace('x').check('get').allowed()",
      },
      { expression: 'namespaceObject.metadata.name == request.namespace && !request.dryRun' },
    ],
    ...rule('pods', ['CREATE']),
  };
  const cluster = clusterWith(spec);
  cluster.create('Pod', pod('a'));
  const byNode = cluster.api.handle(creation('Pod', pod('b')), 'kubelet/n1', []);
  assert.match(byNode.ok ? '' : byNode.status.message, 'no nodes');
  cluster.api.rbac = true;
  const nobody = { username: 'eve', groups: ['system:authenticated'] };
  const byNobody = cluster.api.handle({ ...creation('Pod', pod('c')), user: nobody }, 'user', []);
  assert.match(byNobody.ok ? '' : byNobody.status.message, 'failed expression: authorizer');
});

test('policies are not about policies, so nobody is locked out', () => {
  const cluster = clusterWith({ validations: [{ expression: 'false' }], ...rule('*') });
  cluster.refused(creation('ConfigMap', { metadata: { name: 'c', namespace: 'default' } }));
  cluster.ok({
    verb: 'delete',
    kind: 'ValidatingAdmissionPolicyBinding',
    name: 'b.example.com',
  });
  cluster.create('ConfigMap', { metadata: { name: 'c', namespace: 'default' } });
});

const mutating = (spec: Any, name = 'm.example.com'): Any => ({
  apiVersion: group,
  kind: 'MutatingAdmissionPolicy',
  metadata: { name },
  spec: { reinvocationPolicy: 'Never', ...rule('pods', ['CREATE', 'UPDATE']), ...spec },
});

function mutatingCluster(...specs: Any[]): TestCluster {
  const cluster = new TestCluster();
  specs.forEach((spec, i) => {
    const name = `m${i}.example.com`;
    cluster.create('MutatingAdmissionPolicy', mutating(spec, name));
    const { spec: own, metadata } = bound({}, name, name);
    const { validationActions: _none, ...about } = own;
    cluster.create('MutatingAdmissionPolicyBinding', { metadata, spec: about });
  });
  return cluster;
}

const configured = (expression: string): Any => ({
  mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
});
const patched = (expression: string): Any => ({
  mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
});

test('a configuration is written over the object, lists of named items by their names (KEP-3962)', () => {
  const cluster = mutatingCluster(
    configured(`Object{
      metadata: Object.metadata{labels: {'by': request.userInfo.username}},
      spec: Object.spec{
        containers: object.spec.containers.map(c, Object.spec.containers.item{
          name: c.name,
          imagePullPolicy: 'Always'
        }),
        initContainers: [Object.spec.initContainers.item{name: 'first', image: 'mesh:1'}]
      }
    }`),
  );
  const { metadata, spec } = cluster.create('Pod', pod('a'));
  assert.equal(metadata.labels, { by: 'kubernetes-admin' });
  assert.is(spec.containers[0].image, 'web:v1');
  assert.is(spec.containers[0].imagePullPolicy, 'Always');
  assert.is(spec.initContainers[0].terminationMessagePolicy, 'File', 'defaults come after it');
});

test('a patch is a list of steps, and updates are changed, too', () => {
  const cluster = mutatingCluster(
    patched(`has(object.metadata.labels)
      ? [JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b'), value: 'c'}]
      : []`),
  );
  assert.is(cluster.create('Pod', pod('a')).metadata.labels, undefined);
  const { metadata } = cluster.merge('Pod', 'a', { metadata: { labels: { x: 'y' } } });
  assert.equal(metadata.labels, { x: 'y', 'a/b': 'c' });
});

test('a policy that wants to is asked again when another has changed the object', () => {
  const second = configured("Object{metadata: Object.metadata{labels: {'second': 'yes'}}}");
  const first = (reinvocationPolicy: string) => ({
    ...configured(
      "Object{metadata: Object.metadata{annotations: {'seen': string(has(object.metadata.labels))}}}",
    ),
    reinvocationPolicy,
  });
  const seen = (policy: string) =>
    mutatingCluster(first(policy), second).create('Pod', pod('a')).metadata.annotations;
  assert.equal(seen('Never'), { seen: 'false' });
  assert.equal(seen('IfNeeded'), { seen: 'true' });
});

test('what cannot be changed in parts, or be worked out, is refused', () => {
  const atomic = configured("Object{spec: Object.spec{tolerations: [{'key': 'a'}]}}");
  assert.is(
    mutatingCluster(atomic).refused(creation('Pod', pod('a'))).message,
    "policy 'm0.example.com' with binding 'm0.example.com' denied request: error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.tolerations",
  );
  const broken = patched("[JSONPatch{op: 'remove', path: object.spec.none}]");
  assert.is(mutatingCluster(broken).refused(creation('Pod', pod('a'))).code, 403);
  mutatingCluster({ ...broken, failurePolicy: 'Ignore' }).create('Pod', pod('a'));
});

test.run();
