/** What the handlers of requests share. */
import type { User } from '../apiserver/user.ts';
import type { Cluster } from '../sim/cluster.ts';
import type { TokenSigner } from './auth/tokens.ts';
import type { RealTime } from './clock.ts';
import type { EtcdTimes } from './metrics/etcd.ts';
import type { RequestCounts } from './metrics/requests.ts';
import type { OpenApi } from './openapi/documents.ts';
import type { Catalog } from './resources.ts';

export type { User } from '../apiserver/user.ts';

export interface Context {
  readonly cluster: Cluster;
  readonly clock: RealTime;
  readonly catalog: Catalog;
  readonly openApi: OpenApi;
  readonly signer: TokenSigner;
  /** Who a bearer token stands for. */
  readonly identify: (token: string) => Identified | undefined;
  /** Whether roles and bindings decide what users may do. */
  readonly rbac: boolean;
  /** What was answered, for those who collect metrics. */
  readonly requests: RequestCounts;
  /** What etcd was asked for meanwhile. */
  readonly etcd: EtcdTimes;
  /** Whether metrics.k8s.io is there. */
  readonly metrics: boolean;
  /** A watcher that is this many events behind is cut off: it must list anew. */
  readonly lagMax: number;
  /** `127.0.0.1:6443` */
  readonly address: string;
}

export interface Identified {
  readonly user: User;
  readonly audiences: readonly string[];
}

/** A request as handlers see it: read, and by a known user. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly user: User;
  readonly body: Buffer;
}
