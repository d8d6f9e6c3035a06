/**
 * ClusterRoles of controllers: what the account that each runs as may do (upstream's bootstrappolicy/controller_policy.go).
 */
import type { BootstrapRole } from './clusterroles.ts';
import { rulesOf } from './rulelines.ts';

/** Who tells Events may. */
const events = 'cpu -,events.k8s.io events';

const told: Readonly<Record<string, string>> = {
  'attachdetach-controller': `
    lw - persistentvolumeclaims persistentvolumes
    glw - nodes
    pu - nodes/status
    lw - pods
    ${events}
    cdglw storage.k8s.io volumeattachments
    glw storage.k8s.io csidrivers
    glw storage.k8s.io csinodes`,
  'certificate-controller': `
    dglw certificates.k8s.io certificatesigningrequests
    u certificates.k8s.io certificatesigningrequests/approval certificatesigningrequests/status
    a certificates.k8s.io signers : kubernetes.io/kube-apiserver-client-kubelet
    s certificates.k8s.io signers : kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown
    c authorization.k8s.io subjectaccessreviews
    ${events}`,
  'clusterrole-aggregation-controller': 'eglpuw rbac.authorization.k8s.io clusterroles',
  'cronjob-controller': `
    gluw batch cronjobs
    cdglpuw batch jobs
    u batch cronjobs/status
    u batch cronjobs/finalizers
    dlw - pods
    ${events}`,
  'daemon-set-controller': `
    glw apps,extensions daemonsets
    u apps,extensions daemonsets/status
    u apps,extensions daemonsets/finalizers
    lw - nodes
    cdlpw - pods
    c - pods/binding
    cdglpuw apps controllerrevisions
    ${events}`,
  'deployment-controller': `
    gluw apps,extensions deployments
    u apps,extensions deployments/status
    u apps,extensions deployments/finalizers
    cdglpuw apps,extensions replicasets
    gluw - pods
    ${events}`,
  'device-taint-eviction-controller': `
    dglw - pods
    pu - pods/status
    glw resource.k8s.io resourceclaims
    glw resource.k8s.io resourceslices
    glw resource.k8s.io deviceclasses
    ${events}`,
  'disruption-controller': `
    glw apps,extensions deployments
    glw apps,extensions replicasets
    glw - replicationcontrollers
    glw policy poddisruptionbudgets
    glw apps statefulsets
    u policy poddisruptionbudgets/status
    pu - pods/status
    g * */scale
    ${events}`,
  'endpoint-controller': `
    glw - pods services
    cdgluw - endpoints
    c - endpoints/restricted
    ${events}`,
  'endpointslice-controller': `
    glw - nodes pods services
    u - services/finalizers
    cdgluw discovery.k8s.io endpointslices
    ${events}`,
  'endpointslicemirroring-controller': `
    glw - endpoints services
    u - services/finalizers
    u - endpoints/finalizers
    cdgluw discovery.k8s.io endpointslices
    ${events}`,
  'ephemeral-volume-controller': `
    glw - pods
    u - pods/finalizers
    cglw - persistentvolumeclaims
    ${events}`,
  'expand-controller': `
    glpuw - persistentvolumes
    pu - persistentvolumeclaims/status
    glw - persistentvolumeclaims
    ${events}`,
  'generic-garbage-collector': `
    dglpuw * *
    ${events}`,
  'horizontal-pod-autoscaler': `
    glw autoscaling horizontalpodautoscalers
    u autoscaling horizontalpodautoscalers/status
    gu * */scale
    lw - pods
    lw metrics.k8s.io pods
    glw custom.metrics.k8s.io *
    glw external.metrics.k8s.io *
    ${events}`,
  'job-controller': `
    glpuw batch jobs
    u batch jobs/status
    u batch jobs/finalizers
    cdlpw - pods
    ${events}`,
  'legacy-service-account-token-cleaner': `
    g - configmaps : kube-apiserver-legacy-service-account-token-tracking
    dp - secrets`,
  'namespace-controller': `
    dglw - namespaces
    u - namespaces/finalize namespaces/status
    dDglw * *`,
  'node-controller': `
    dglpuw - nodes
    pu - nodes/status
    pu - pods/status
    dglw - pods
    ${events}`,
  'persistent-volume-binder': `
    cdgluw - persistentvolumes
    u - persistentvolumes/status
    gluw - persistentvolumeclaims
    u - persistentvolumeclaims/status
    cdglw - pods
    glw storage.k8s.io storageclasses
    lw - nodes
    ${events}
    w - events`,
  'pod-garbage-collector': `
    dlw - pods
    glw - nodes
    p - pods/status`,
  'pv-protection-controller': `
    gluw - persistentvolumes
    ${events}`,
  'pvc-protection-controller': `
    gluw - persistentvolumeclaims
    u - persistentvolumeclaims/status
    glw - pods
    ${events}`,
  'replicaset-controller': `
    gluw apps,extensions replicasets
    u apps,extensions replicasets/status
    u apps,extensions replicasets/finalizers
    cdlpw - pods
    ${events}`,
  'replication-controller': `
    gluw - replicationcontrollers
    u - replicationcontrollers/status
    u - replicationcontrollers/finalizers
    cdlpw - pods
    ${events}`,
  'resource-claim-controller': `
    glw - pods
    u - pods/finalizers
    cdglw resource.k8s.io resourceclaims
    pu resource.k8s.io resourceclaims resourceclaims/status
    pu - pods/status
    ${events}
    pu resource.k8s.io resourceclaims/binding`,
  'resourcequota-controller': `
    lw * *
    u - resourcequotas/status
    ${events}`,
  'root-ca-cert-publisher': `
    cu - configmaps
    ${events}`,
  'route-controller': `
    lw - nodes
    p - nodes/status
    ${events}`,
  'selinux-warning-controller': `
    ${events}
    glw - persistentvolumes
    glw - persistentvolumeclaims
    glw - pods
    glw storage.k8s.io csidrivers`,
  'service-account-controller': `
    c - serviceaccounts
    ${events}`,
  'service-cidrs-controller': `
    glpuw networking.k8s.io servicecidrs
    pu networking.k8s.io servicecidrs/finalizers
    pu networking.k8s.io servicecidrs/status
    glw networking.k8s.io ipaddresses
    ${events}`,
  'service-controller': `
    glw - services
    pu - services/status
    lw - nodes
    ${events}`,
  'statefulset-controller': `
    lw - pods
    glw apps statefulsets
    u apps statefulsets/status
    u apps statefulsets/finalizers
    cdgpu - pods
    cdglpuw apps controllerrevisions
    cglw - persistentvolumeclaims
    du - persistentvolumeclaims
    u - pods/finalizers
    ${events}`,
  'ttl-after-finished-controller': `
    dglw batch jobs
    ${events}`,
  'ttl-controller': `
    lpuw - nodes
    ${events}`,
  'validatingadmissionpolicy-status-controller': `
    glw admissionregistration.k8s.io validatingadmissionpolicies
    gpu admissionregistration.k8s.io validatingadmissionpolicies/status
    ${events}`,
  'volumeattributesclass-protection-controller': `
    glw - persistentvolumeclaims
    glw - persistentvolumes
    gluw storage.k8s.io volumeattributesclasses
    ${events}`,
};

/** Each belongs to the account of the same name in kube-system. */
export const controllerAccounts: readonly string[] = Object.keys(told);

export const controllerRole = (account: string): string => `system:controller:${account}`;

export const controllerRoles: readonly BootstrapRole[] = Object.entries(told).map(
  ([account, lines]) => ({
    name: controllerRole(account),
    rules: rulesOf(lines),
  }),
);
