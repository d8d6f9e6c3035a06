/** Roles, their bindings, and requests for certificates. */
import { suite } from 'uvu';
import { refuses, refusesUpdate } from './table.ts';

const test = suite('validation of access');

const group = 'rbac.authorization.k8s.io';

test('[api-06] a role names verbs, groups and resources, or URLs', () => {
  const right = { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
  refuses('Role', right, [
    [
      { 'rules/0/verbs': [] },
      'rules[0].verbs: Required value: verbs must contain at least one value',
    ],
    [
      { 'rules/0': { verbs: ['get'] } },
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
      'rules[0].resources: Required value: resource rules must supply at least one resource',
    ],
    [
      { 'rules/0/resourceNames': ['a'], 'rules/0/resources': ['pods', 'nodes'] },
      'rules[0].resourceNames: Required value: resource names cannot apply to multiple resources',
    ],
    [
      { 'rules/0': { verbs: ['get'], nonResourceURLs: ['/'] } },
      'rules[0].nonResourceURLs: Invalid value: ["/"]: namespaced rules cannot apply to non-resource URLs',
    ],
  ]);
  refuses('ClusterRole', { rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }] }, [
    [
      { 'rules/0/resources': ['pods'] },
      'rules[0].nonResourceURLs: Invalid value: ["/healthz"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
  ]);
});

test('[api-06] a binding names a role and subjects, and keeps to its role', () => {
  const right = {
    roleRef: { apiGroup: group, kind: 'Role', name: 'r' },
    subjects: [{ kind: 'User', name: 'u' }],
  };
  const subject = (one: object) => ({ 'subjects/0': one });
  refuses('RoleBinding', right, [
    [
      { roleRef: undefined },
      'roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"',
      'roleRef.name: Required value',
    ],
    [
      { 'roleRef/apiGroup': 'x' },
      `roleRef.apiGroup: Unsupported value: "x": supported values: "${group}"`,
    ],
    [{ 'roleRef/name': 'a/b' }, `roleRef.name: Invalid value: "a/b": may not contain '/'`],
    [
      subject({ kind: 'User' }),
      'subjects[0].name: Required value',
      'subjects[0].name: Invalid value: "": user name cannot be empty',
    ],
    [
      subject({ kind: 'Foo', name: 'a' }),
      'subjects[0].kind: Unsupported value: "Foo": supported values: "ServiceAccount", "User", "Group"',
    ],
    [
      subject({ kind: 'ServiceAccount', name: 'a', apiGroup: group }),
      `subjects[0].apiGroup: Unsupported value: "${group}": supported values: ""`,
    ],
  ]);
  refuses('ClusterRoleBinding', { roleRef: { kind: 'ClusterRole', name: 'r' } }, [
    [
      { subjects: [{ kind: 'ServiceAccount', name: 'a' }] },
      'subjects[0].namespace: Required value',
    ],
    [
      { 'roleRef/kind': 'Role' },
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
    ],
  ]);
  refusesUpdate('RoleBinding', right, [
    [
      { 'roleRef/name': 'z' },
      `roleRef: Invalid value: rbac.RoleRef{APIGroup:"${group}", Kind:"Role", Name:"z"}: cannot change roleRef`,
    ],
  ]);
});

const pem = btoa('-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n');

const requested = {
  spec: { request: pem, signerName: 'example.com/signer', usages: ['client auth'] },
};

test('[api-06] a request for a certificate says what for, and from whom', () => {
  refuses('CertificateSigningRequest', requested, [
    [{ 'spec/usages': undefined }, 'spec.usages: Required value'],
    [
      { 'spec/usages': ['client auth', 'client auth'] },
      'spec.usages[1]: Duplicate value: "client auth"',
    ],
    [{ 'spec/signerName': undefined }, 'spec.signerName: Required value'],
    [
      { 'spec/signerName': 'signer' },
      'spec.signerName: Invalid value: "signer": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
    ],
    [
      { 'spec/signerName': 'example/signer' },
      'spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots',
    ],
    [
      { 'spec/signerName': 'kubernetes.io/legacy-unknown' },
      'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
    ],
    [
      { 'spec/expirationSeconds': 599 },
      'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)',
    ],
    [
      { 'spec/request': btoa('x') },
      'spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST',
    ],
  ]);
});

test('[api-06] who approves a request says so once, and no longer both', () => {
  const approved = { type: 'Approved', status: 'True' };
  const lines = (...conditions: readonly object[]) =>
    [{ 'status/conditions': conditions }] as const;
  refusesUpdate(
    'CertificateSigningRequest',
    requested,
    [
      [...lines(approved)],
      [
        ...lines(approved, { type: 'Denied', status: 'True' }),
        'status.conditions[1].type: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
      ],
    ],
    'approval',
  );
  refusesUpdate(
    'CertificateSigningRequest',
    requested,
    [
      [
        ...lines(approved),
        'status.conditions: Forbidden: updates may not add a condition of type "Approved"',
      ],
    ],
    'status',
  );
});

test.run();
