/** EndpointSlices: where the Pods behind a Service can be reached, in pieces of bounded size. */
import type { KubeObject, ObjectMeta } from '../meta.ts';

export type AddressType = 'IPv4' | 'IPv6';

export interface EndpointTarget {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
}

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions: {
    readonly ready?: boolean;
    readonly serving?: boolean;
    readonly terminating?: boolean;
  };
  readonly hostname?: string;
  readonly targetRef?: EndpointTarget;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hints?: {
    readonly forZones?: readonly { readonly name: string }[];
    readonly forNodes?: readonly { readonly name: string }[];
  };
}

export interface EndpointPort {
  readonly name?: string;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  readonly port?: number;
  readonly appProtocol?: string;
}

export interface EndpointSlice extends KubeObject {
  readonly apiVersion: 'discovery.k8s.io/v1';
  readonly kind: 'EndpointSlice';
  readonly metadata: ObjectMeta;
  readonly addressType: AddressType | 'FQDN';
  /** Null is sent where there are none, as Go does; it is stored as nothing. */
  readonly endpoints?: readonly Endpoint[] | null;
  readonly ports?: readonly EndpointPort[] | null;
}

/** The Service that a slice belongs to. */
export const serviceNameLabel = 'kubernetes.io/service-name';
/** Who writes a slice. */
export const sliceManagedByLabel = 'endpointslice.kubernetes.io/managed-by';
/** On what belongs to a Service without an address of its own. */
export const headlessLabel = 'service.kubernetes.io/headless';
/** Time of the change that led to what the object says; absent if it is not known. */
export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';
