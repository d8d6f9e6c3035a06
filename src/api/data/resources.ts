/**
 * Every resource of the Kubernetes 1.36 API that is stored, a line each (see README.md here):
 * version, resource, kind, scope, short names, subresources. Of several versions of one kind the
 * first is the stored one.
 */
export const resourcesText =
  'v1 configmaps ConfigMap namespaced cm -\n' +
  'v1 endpoints Endpoints namespaced ep -\n' +
  'v1 events Event namespaced ev -\n' +
  'v1 limitranges LimitRange namespaced limits -\n' +
  'v1 namespaces Namespace cluster ns finalize,status\n' +
  'v1 nodes Node cluster no status\n' +
  'v1 persistentvolumeclaims PersistentVolumeClaim namespaced pvc status\n' +
  'v1 persistentvolumes PersistentVolume cluster pv status\n' +
  'v1 pods Pod namespaced po binding,ephemeralcontainers,eviction,resize,status\n' +
  'v1 podtemplates PodTemplate namespaced - -\n' +
  'v1 replicationcontrollers ReplicationController namespaced rc scale,status\n' +
  'v1 resourcequotas ResourceQuota namespaced quota status\n' +
  'v1 secrets Secret namespaced - -\n' +
  'v1 serviceaccounts ServiceAccount namespaced sa token\n' +
  'v1 services Service namespaced svc status\n' +
  'apiregistration.k8s.io/v1 apiservices APIService cluster - status\n' +
  'apps/v1 controllerrevisions ControllerRevision namespaced - -\n' +
  'apps/v1 daemonsets DaemonSet namespaced ds status\n' +
  'apps/v1 deployments Deployment namespaced deploy scale,status\n' +
  'apps/v1 replicasets ReplicaSet namespaced rs scale,status\n' +
  'apps/v1 statefulsets StatefulSet namespaced sts scale,status\n' +
  'events.k8s.io/v1 events Event namespaced ev -\n' +
  'autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler namespaced hpa status\n' +
  'autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler namespaced hpa status\n' +
  'batch/v1 cronjobs CronJob namespaced cj status\n' +
  'batch/v1 jobs Job namespaced - status\n' +
  'certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest cluster csr approval,status\n' +
  'networking.k8s.io/v1 ingressclasses IngressClass cluster - -\n' +
  'networking.k8s.io/v1 ingresses Ingress namespaced ing status\n' +
  'networking.k8s.io/v1 ipaddresses IPAddress cluster ip -\n' +
  'networking.k8s.io/v1 networkpolicies NetworkPolicy namespaced netpol -\n' +
  'networking.k8s.io/v1 servicecidrs ServiceCIDR cluster - status\n' +
  'policy/v1 poddisruptionbudgets PodDisruptionBudget namespaced pdb status\n' +
  'rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding cluster - -\n' +
  'rbac.authorization.k8s.io/v1 clusterroles ClusterRole cluster - -\n' +
  'rbac.authorization.k8s.io/v1 rolebindings RoleBinding namespaced - -\n' +
  'rbac.authorization.k8s.io/v1 roles Role namespaced - -\n' +
  'storage.k8s.io/v1 csidrivers CSIDriver cluster - -\n' +
  'storage.k8s.io/v1 csinodes CSINode cluster - -\n' +
  'storage.k8s.io/v1 csistoragecapacities CSIStorageCapacity namespaced - -\n' +
  'storage.k8s.io/v1 storageclasses StorageClass cluster sc -\n' +
  'storage.k8s.io/v1 volumeattachments VolumeAttachment cluster - status\n' +
  'storage.k8s.io/v1 volumeattributesclasses VolumeAttributesClass cluster vac -\n' +
  'admissionregistration.k8s.io/v1 mutatingadmissionpolicies MutatingAdmissionPolicy cluster - -\n' +
  'admissionregistration.k8s.io/v1 mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding cluster - -\n' +
  'admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration cluster - -\n' +
  'admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy cluster - status\n' +
  'admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding cluster - -\n' +
  'admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration cluster - -\n' +
  'apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition cluster crd,crds status\n' +
  'scheduling.k8s.io/v1 priorityclasses PriorityClass cluster pc -\n' +
  'coordination.k8s.io/v1 leases Lease namespaced - -\n' +
  'node.k8s.io/v1 runtimeclasses RuntimeClass cluster - -\n' +
  'discovery.k8s.io/v1 endpointslices EndpointSlice namespaced - -\n' +
  'resource.k8s.io/v1 deviceclasses DeviceClass cluster - -\n' +
  'resource.k8s.io/v1 resourceclaims ResourceClaim namespaced - status\n' +
  'resource.k8s.io/v1 resourceclaimtemplates ResourceClaimTemplate namespaced - -\n' +
  'resource.k8s.io/v1 resourceslices ResourceSlice cluster - -\n' +
  'flowcontrol.apiserver.k8s.io/v1 flowschemas FlowSchema cluster - status\n' +
  'flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations PriorityLevelConfiguration cluster - status\n';
