/** How kube-controller-manager names the workqueues of its controllers. */

const names: Readonly<Record<string, string>> = {
  'crd-establishing-controller': 'crdEstablishing',
  'crd-finalizer': 'crd_finalizer',
  'crd-naming-controller': 'crd_naming_condition_controller',
  'daemon-set-controller': 'daemonset',
  'endpointslice-controller': 'endpoint_slice',
  'endpointslicemirroring-controller': 'endpoint_slice_mirroring',
  'ephemeral-volume-controller': 'ephemeral_volume',
  'generic-garbage-collector': 'garbage_collector_attempt_to_delete',
  'horizontal-pod-autoscaler': 'horizontalpodautoscaler',
  'node-controller': 'node_lifecycle_controller',
  'persistent-volume-binder': 'claims',
  'pv-protection-controller': 'pvprotection',
  'pvc-protection-controller': 'pvcprotection',
  'resourcequota-controller': 'resourcequota_primary',
  'root-ca-cert-publisher': 'root_ca_cert_publisher',
  'service-account-controller': 'serviceaccount',
  'taint-eviction-controller': 'noexec_taint_node',
  'ttl-after-finished-controller': 'ttl_jobs_to_delete',
  'ttl-controller': 'ttlcontroller',
};

/** A controller of a user's own has a queue of its own name, as with controller-runtime. */
export const queueNameOf = (actor: string): string =>
  names[actor] ?? actor.replace(/-controller$/, '').replace(/-/g, '_');
