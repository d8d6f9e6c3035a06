/** The ClusterRoles that people are given, and what everybody may do (upstream's bootstrappolicy/policy.go). */

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface BootstrapRole {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** It has the rules of roles with the label of this role, and those are made by a controller. */
  readonly isAggregate?: true;
  /** The role whose rules its own are added to. */
  readonly addsTo?: string;
}

const words = (text: string): readonly string[] => text.split(' ');

const of = (verbs: readonly string[], group: string, resources: string): Rule => ({
  verbs,
  apiGroups: [group],
  resources: words(resources),
});

const read = words('get list watch');
const write = words('create delete deletecollection patch update');

const workloads =
  'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale';

const viewed: readonly Rule[] = [
  of(
    read,
    '',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
  ),
  of(
    read,
    '',
    'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
  ),
  of(read, '', 'namespaces'),
  of(read, 'discovery.k8s.io', 'endpointslices'),
  of(
    read,
    'apps',
    `controllerrevisions ${workloads} daemonsets/status deployments/status replicasets/status statefulsets/status`,
  ),
  of(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  of(read, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
  of(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  of(read, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
];

const edited: readonly Rule[] = [
  of(read, '', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
  of(['impersonate'], '', 'serviceaccounts'),
  of(write, '', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
  of(['create'], '', 'pods/eviction'),
  of(
    write,
    '',
    'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
  ),
  of(['create'], '', 'serviceaccounts/token'),
  of(write, 'apps', `${workloads} deployments/rollback`),
  of(write, 'autoscaling', 'horizontalpodautoscalers'),
  of(write, 'batch', 'cronjobs jobs'),
  of(write, 'policy', 'poddisruptionbudgets'),
  of(write, 'networking.k8s.io', 'ingresses networkpolicies'),
  of([...write, ...read], 'coordination.k8s.io', 'leases'),
];

const administered: readonly Rule[] = [
  of(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews'),
  of([...write, ...read], 'rbac.authorization.k8s.io', 'rolebindings roles'),
];

const reviews: readonly Rule[] = [
  of(['create'], 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
  of(['create'], 'authentication.k8s.io', 'selfsubjectreviews'),
];

const health = words('/healthz /livez /readyz /version /version/');

export const roles: readonly BootstrapRole[] = [
  {
    name: 'cluster-admin',
    rules: [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ],
  },
  { name: 'admin', rules: [], isAggregate: true },
  { name: 'edit', rules: [], isAggregate: true, addsTo: 'admin' },
  { name: 'view', rules: [], isAggregate: true, addsTo: 'edit' },
  { name: 'system:aggregate-to-admin', rules: administered, addsTo: 'admin' },
  { name: 'system:aggregate-to-edit', rules: edited, addsTo: 'edit' },
  { name: 'system:aggregate-to-view', rules: viewed, addsTo: 'view' },
  { name: 'system:basic-user', rules: reviews },
  {
    name: 'system:discovery',
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: [
          ...words('/api /api/* /apis /apis/*'),
          ...health,
          '/openapi',
          '/openapi/*',
        ],
      },
    ],
  },
  {
    name: 'system:monitoring',
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: words(
          '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*',
        ),
      },
    ],
  },
  { name: 'system:public-info-viewer', rules: [{ verbs: ['get'], nonResourceURLs: health }] },
];
