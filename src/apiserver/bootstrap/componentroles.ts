/**
 * ClusterRoles of components, of those who ask in others' stead, and of who approves certificates; and who has them
 * from the beginning (upstream's bootstrappolicy/policy.go).
 */
import type { BootstrapRole } from './clusterroles.ts';
import { rulesOf } from './rulelines.ts';

const events = 'cpu -,events.k8s.io events';

/** Who asks the API server who somebody is, and what that one may do. */
const delegated = `
  c authentication.k8s.io tokenreviews
  c authorization.k8s.io subjectaccessreviews`;

const signers = 'system:certificates.k8s.io';
const requests = `${signers}:certificatesigningrequests`;
const approver = (signer: string): string =>
  `a certificates.k8s.io signers : kubernetes.io/${signer}`;

const told: Readonly<Record<string, string>> = {
  'system:auth-delegator': delegated,
  [`${requests}:nodeclient`]: 'c certificates.k8s.io certificatesigningrequests/nodeclient',
  [`${requests}:selfnodeclient`]: 'c certificates.k8s.io certificatesigningrequests/selfnodeclient',
  [`${signers}:kube-apiserver-client-approver`]: approver('kube-apiserver-client'),
  [`${signers}:kube-apiserver-client-kubelet-approver`]: approver('kube-apiserver-client-kubelet'),
  [`${signers}:kubelet-serving-approver`]: approver('kubelet-serving'),
  [`${signers}:legacy-unknown-approver`]: approver('legacy-unknown'),
  'system:heapster': `
    glw - events namespaces nodes pods
    glw extensions deployments`,
  'system:kube-aggregator': 'glw - endpoints services',
  'system:kube-controller-manager': `
    ${events}
    c coordination.k8s.io leases
    gu coordination.k8s.io leases : kube-controller-manager
    c - secrets serviceaccounts
    d - secrets
    g - configmaps namespaces secrets serviceaccounts
    u - secrets serviceaccounts
    ${delegated.trim()}
    lw * *
    c - serviceaccounts/token`,
  'system:kube-dns': 'lw - endpoints services',
  'system:kube-scheduler': `
    ${events}
    c coordination.k8s.io leases
    gu coordination.k8s.io leases : kube-scheduler
    glw - nodes
    dglw - pods
    c - bindings pods/binding
    pu - pods/status
    glw - replicationcontrollers services
    glw apps,extensions replicasets
    glw apps statefulsets
    glw policy poddisruptionbudgets
    glw - persistentvolumeclaims persistentvolumes
    ${delegated.trim()}
    glw storage.k8s.io csinodes
    glw - namespaces
    glw storage.k8s.io csidrivers
    glw storage.k8s.io csistoragecapacities`,
  'system:kubelet-api-admin': `
    glw - nodes
    x - nodes
    * - nodes/log nodes/metrics nodes/proxy nodes/stats`,
  'system:node': `
    c authentication.k8s.io tokenreviews
    c authorization.k8s.io localsubjectaccessreviews subjectaccessreviews
    glw - services
    cglw - nodes
    pu - nodes/status
    pu - nodes
    cpu - events
    glw - pods
    cd - pods
    pu - pods/status
    c - pods/eviction
    glw - configmaps secrets
    g - persistentvolumeclaims persistentvolumes
    g - endpoints
    cglw certificates.k8s.io certificatesigningrequests
    cdgpu coordination.k8s.io leases
    g storage.k8s.io volumeattachments
    c - serviceaccounts/token
    gpu - persistentvolumeclaims/status
    glw storage.k8s.io csidrivers
    cdgpu storage.k8s.io csinodes
    glw node.k8s.io runtimeclasses`,
  'system:node-bootstrapper': 'cglw certificates.k8s.io certificatesigningrequests',
  'system:node-problem-detector': `
    g - nodes
    p - nodes/status
    ${events}`,
  'system:node-proxier': `
    lw - endpoints services
    glw - nodes
    ${events}
    lw discovery.k8s.io endpointslices`,
  'system:persistent-volume-provisioner': `
    cdglw - persistentvolumes
    gluw - persistentvolumeclaims
    glw storage.k8s.io storageclasses
    w - events
    ${events}`,
  'system:service-account-issuer-discovery': 'g /.well-known/openid-configuration /openid/v1/jwks',
  'system:volume-scheduler': `
    glpuw - persistentvolumes
    glw storage.k8s.io storageclasses
    glpuw - persistentvolumeclaims`,
};

export const componentRoles: readonly BootstrapRole[] = Object.entries(told).map(
  ([name, lines]) => ({ name, rules: rulesOf(lines) }),
);

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly apiGroup?: string;
  readonly namespace?: string;
}

const user = (name: string): Subject => ({
  apiGroup: 'rbac.authorization.k8s.io',
  kind: 'User',
  name,
});

/** Who has which from the beginning. Nodes have theirs by other means, and the binding says nobody. */
export const componentBindings: Readonly<Record<string, readonly Subject[]>> = {
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-dns': [{ kind: 'ServiceAccount', name: 'kube-dns', namespace: 'kube-system' }],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:node': [],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:service-account-issuer-discovery': [
    {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Group',
      name: 'system:serviceaccounts',
    },
  ],
  'system:volume-scheduler': [user('system:kube-scheduler')],
};
