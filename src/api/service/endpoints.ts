/** Endpoints: where the Pods behind a Service can be reached, all in one object; EndpointSlices follow them. */
import type { KubeObject, ObjectMeta } from '../meta.ts';

export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
}

export interface SubsetPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  readonly appProtocol?: string;
}

/** Each of the addresses has each of the ports. */
export interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[];
  readonly notReadyAddresses?: readonly EndpointAddress[];
  readonly ports?: readonly SubsetPort[];
}

export interface Endpoints extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Endpoints';
  readonly metadata: ObjectMeta;
  readonly subsets?: readonly EndpointSubset[];
}

/** Who writes them, if it is no user. */
export const endpointsManagedByLabel = 'endpoints.kubernetes.io/managed-by';
/** `truncated`: there are more addresses than are told. */
export const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity';
/** `true`: not to be mirrored to EndpointSlices. */
export const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror';
/** Of Endpoints that are only a lock of old releases: nobody's addresses. */
export const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
