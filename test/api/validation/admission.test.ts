/** Webhook configurations and admission policies (upstream's pkg/apis/admissionregistration/validation). */
import { suite } from 'uvu';
import { refuses } from './table.ts';

const test = suite('validation of admission');

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const hook = {
  name: 'a.example.com',
  clientConfig: { url: 'https://example.com/hook' },
  rules: [rule],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};

test('[api-06] a webhook says who is asked of what', () => {
  const at = (one: object) => ({ 'webhooks/0': { ...hook, ...one } });
  const url = (text: string) => at({ clientConfig: { url: text } });
  const form = '; desired format: https://host[/path]';
  refuses('ValidatingWebhookConfiguration', { webhooks: [hook] }, [
    [
      at({ name: 'a.b' }),
      'webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots',
    ],
    [{ 'webhooks/1': hook }, 'webhooks[1].name: Duplicate value: "a.example.com"'],
    [
      at({ sideEffects: undefined }),
      'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun',
    ],
    [
      at({ sideEffects: 'Some' }),
      'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
    ],
    [
      at({ timeoutSeconds: 31 }),
      'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds',
    ],
    [
      at({ admissionReviewVersions: undefined }),
      'webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1',
    ],
    [
      at({ admissionReviewVersions: ['v2'] }),
      'webhooks[0].admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
    ],
    [
      at({ clientConfig: {} }),
      'webhooks[0].clientConfig: Required value: exactly one of url or service is required',
    ],
    [
      url('http://example.com'),
      `webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme${form}`,
    ],
    [
      url('https://example.com/?a=b'),
      'webhooks[0].clientConfig.url: Invalid value: "a=b": query parameters are not permitted in the URL',
    ],
    [
      at({ rules: [{ ...rule, operations: ['CREATE', '*'] }] }),
      `webhooks[0].rules[0].operations: Invalid value: ["CREATE","*"]: if '*' is present, must not specify other operations`,
    ],
    [
      at({ rules: [{ ...rule, resources: ['*', 'pods'] }] }),
      `webhooks[0].rules[0].resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources without subresources`,
    ],
    [
      at({ failurePolicy: 'Foo' }),
      'webhooks[0].failurePolicy: Unsupported value: "Foo": supported values: "Fail", "Ignore"',
    ],
  ]);
});

test('[api-06] a policy says what is looked at, and what must hold', () => {
  const right = {
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: 'true' }],
    },
  };
  const one = 'validations or auditAnnotations must contain at least one item';
  refuses('ValidatingAdmissionPolicy', right, [
    [{ 'spec/matchConstraints': undefined }, 'spec.matchConstraints: Required value'],
    [{ 'spec/matchConstraints': {} }, 'spec.matchConstraints.resourceRules: Required value'],
    [
      { 'spec/validations': undefined },
      `spec.validations: Required value: ${one}`,
      `spec.auditAnnotations: Required value: ${one}`,
    ],
    [
      { 'spec/validations': [{ expression: ' ' }] },
      'spec.validations[0].expression: Required value: expression is not specified',
    ],
    [
      { 'spec/variables': [{ name: 'a-b', expression: '1' }] },
      'spec.variables[0].name: Invalid value: "a-b": name is not a valid CEL identifier',
    ],
    [{ 'spec/paramKind': { apiVersion: 'v1' } }, 'spec.paramKind.kind: Required value'],
  ]);
  refuses(
    'ValidatingAdmissionPolicyBinding',
    { spec: { policyName: 'p', validationActions: ['Deny'] } },
    [
      [{ 'spec/policyName': undefined }, 'spec.policyName: Required value'],
      [
        { 'spec/validationActions': undefined },
        'spec.validationActions: Required value: at least one validation action is required',
      ],
      [
        { 'spec/validationActions': ['Foo'] },
        'spec.validationActions[0]: Unsupported value: "Foo": supported values: "Audit", "Deny", "Warn"',
      ],
      [
        { 'spec/paramRef': { parameterNotFoundAction: 'Deny' } },
        'spec.paramRef: Required value: one of name or selector must be specified',
      ],
    ],
  );
});

test('[api-06] expressions of policies name only what there is', () => {
  const right = {
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods'] },
        ],
      },
      variables: [{ name: 'a', expression: 'object.a' }],
      validations: [{ expression: 'variables.a' }],
    },
  };
  const unknown = (name: string, line: string, column = 1) =>
    `compilation failed: ERROR: <input>:1:${column}: undeclared reference to '${name}' (in container '')\n | ${line}\n | ${'.'.repeat(column - 1)}^`;
  refuses('ValidatingAdmissionPolicy', right, [
    [
      { 'spec/validations/0/expression': 'params.a' },
      `spec.validations[0].expression: Invalid value: "params.a": ${unknown('params', 'params.a')}`,
    ],
    [
      {
        'spec/validations/0/expression': 'params.a',
        'spec/paramKind': { apiVersion: 'v1', kind: 'Secret' },
      },
    ],
    [
      { 'spec/matchConditions': [{ name: 'c', expression: '!variables.a' }] },
      `spec.matchConditions[0].expression: Invalid value: "!variables.a": ${unknown('variables', '!variables.a', 2)}`,
    ],
    [
      { 'spec/validations/0/messageExpression': "'a' +" },
      `spec.validations[0].messageExpression: Invalid value: "'a' +": compilation failed: ERROR: <input>:1:6: Syntax error: unexpected '<EOF>'\n | 'a' +\n | .....^`,
    ],
  ]);
});

test('[api-06] a policy that changes objects says how', () => {
  const right = {
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      reinvocationPolicy: 'Never',
      mutations: [
        { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } },
      ],
    },
  };
  refuses('MutatingAdmissionPolicy', right, [
    [{ 'spec/mutations': [] }, 'spec.mutations: Required value'],
    [{ 'spec/reinvocationPolicy': undefined }, 'spec.reinvocationPolicy: Required value'],
    [
      { 'spec/reinvocationPolicy': 'Often' },
      'spec.reinvocationPolicy: Unsupported value: "Often": supported values: "IfNeeded", "Never"',
    ],
    [
      { 'spec/mutations/0/patchType': 'JSONPatch' },
      'spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch',
    ],
    [
      { 'spec/mutations/0/patchType': 'Merge' },
      'spec.mutations[0].patchType: Unsupported value: "Merge": supported values: "ApplyConfiguration", "JSONPatch"',
    ],
    [
      { 'spec/mutations/0/applyConfiguration/expression': 'JSONPatch{}' },
      `spec.mutations[0].applyConfiguration.expression: Invalid value: "JSONPatch{}": compilation failed: ERROR: <input>:1:10: undeclared reference to 'JSONPatch' (in container '')\n | JSONPatch{}\n | .........^`,
    ],
  ]);
});

test('[api-06] an APIService is called as what it serves', () => {
  const right = {
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      service: { name: 'metrics-server', namespace: 'kube-system' },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  };
  refuses('APIService', right, [
    [
      { 'spec/version': 'v1' },
      'metadata.name: Invalid value: "v1beta1.metrics.k8s.io": must be `spec.version+"."+spec.group`: "v1.metrics.k8s.io"',
    ],
    [
      { 'spec/groupPriorityMinimum': 0, 'spec/versionPriority': 1001 },
      'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000',
      'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000',
    ],
    [{ 'spec/service': { name: 'm' } }, 'spec.service.namespace: Required value'],
    [
      { 'spec/service': undefined },
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
    [
      { 'spec/caBundle': 'YQ==' },
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
  ]);
});

test.run();
