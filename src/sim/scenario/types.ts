/**
 * A scenario: what users and machines do, as plain data. What the control plane does about it is
 * for the simulation to find out.
 */
import type { Draft } from '../../api/meta.ts';
import type { Taint } from '../../api/node.ts';
import type { PropagationPolicy } from '../../apiserver/request.ts';
import type { Staleness } from '../consistency.ts';
import type { MetricValueSpec, UsageSpec } from '../metrics.ts';

/**
 * What a kubelet makes of the Pods that its first list shows: looks each of them up once before
 * anything is done about it, or believes the list and its watch
 * alone, as Kubernetes' own does (k/k#59848).
 */
export type FirstList = 'confirmed' | 'believed';

export interface NodeSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
  /** Kubernetes quantities. */
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  /** Pods that its kubelet runs because of files, without being asked by the API. */
  readonly staticPods?: readonly Draft[];
  /** Its disk, a quantity (100Gi), and how many processes it can have (32768). */
  readonly storage?: string;
  readonly pids?: number;
  /** As its kubelet is configured: quantities or percentages by signal, durations by signal. */
  readonly evictionHard?: Readonly<Record<string, string>>;
  readonly evictionSoft?: Readonly<Record<string, string>>;
  readonly evictionSoftGracePeriod?: Readonly<Record<string, string>>;
  /** How much more than its threshold has to be there, once it was met, until all is well. */
  readonly evictionMinimumReclaim?: Readonly<Record<string, string>>;
  /** Seconds that a Pod has at most when it is evicted for a soft threshold (0). */
  readonly evictionMaxPodGracePeriod?: number;
}

/** What containers of an image do (docs/runtime.md). Times are texts: `200ms`, `3s`, `never`. */
export interface BehaviourSpec {
  readonly image: string;
  readonly pull?: string;
  readonly pullError?: string;
  /** How many first tries are refused; all, if not said. */
  readonly pullErrors?: number;
  readonly imageSize?: string;
  readonly start?: string;
  readonly startError?: string;
  readonly configError?: string;
  /** When it turns ready; a list: ready, unready, ready …. */
  readonly ready?: string | readonly string[];
  readonly unreadyAfter?: string;
  /** When a liveness probe begins to fail; a list: to fail, to succeed …. */
  readonly live?: string | readonly string[];
  /** When a startup probe begins to succeed. */
  readonly started?: string | readonly string[];
  readonly exit?: number | readonly number[];
  readonly exitAfter?: string;
  readonly stop?: string;
  readonly stopCode?: number;
  readonly postStart?: string;
  readonly postStartError?: string;
  readonly preStop?: string;
  readonly preStopError?: string;
  readonly memory?: string | readonly { readonly at: string; readonly use: string }[];
  /** What it writes to the disk of its node, and how many processes it has. */
  readonly disk?: string | readonly { readonly at: string; readonly use: string }[];
  readonly processes?: number | readonly { readonly at: string; readonly use: number }[];
  /** What its metrics say of processor time. */
  readonly cpu?: string | readonly { readonly at: string; readonly use: string }[];
  readonly logs?: readonly (string | { readonly at: string; readonly line: string })[];
  readonly message?: string;
  /** By how much times vary: `10%`. */
  readonly jitter?: string;
  readonly reject?: string;
}

/** An object by name, by the place it has among those a selector finds, or as remembered. */
export interface Target {
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly selector?: string;
  readonly index?: number;
  readonly recall?: string;
}

export type PatchType = 'merge' | 'strategic' | 'json';

export type Step =
  | { readonly type: 'settle' }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'create'; readonly objects: readonly Draft[] }
  /** Creates what is not there; what is there gets what is given, as a strategic merge patch. */
  | { readonly type: 'apply'; readonly objects: readonly Draft[] }
  | {
      readonly type: 'patch';
      readonly target: Target;
      readonly patchType: PatchType;
      readonly patch: unknown;
      readonly subresource?: string;
      readonly remember?: string;
    }
  | {
      readonly type: 'delete';
      readonly target: Target;
      readonly propagationPolicy?: PropagationPolicy;
      readonly gracePeriodSeconds?: number;
    }
  | { readonly type: 'evict'; readonly target: Target }
  /** From now on containers use so much. */
  | { readonly type: 'usage'; readonly usage: UsageSpec }
  /** From now on a metric of an object, or an external one, has this value. */
  | { readonly type: 'metric'; readonly metric: MetricValueSpec }
  | { readonly type: 'addNode'; readonly node: NodeSpec }
  /** From now on these are the files of the machine. */
  | { readonly type: 'staticPods'; readonly node: string; readonly objects: readonly Draft[] }
  | { readonly type: 'deleteNode' | 'crashNode' | 'recoverNode'; readonly name: string };

export interface Scenario {
  readonly name?: string;
  readonly about?: string;
  readonly nodes: readonly NodeSpec[];
  readonly behaviour: readonly BehaviourSpec[];
  readonly steps: readonly Step[];
  /** How controllers know old caches, where it is not by revisions. */
  readonly staleness?: Staleness;
  /** Where it is not confirmed. */
  readonly firstList?: FirstList;
  /** KWOK's Stages, as documents: what becomes of objects besides, or without kubelets. */
  readonly stages?: readonly Draft[];
}

export const defaultNodes: readonly NodeSpec[] = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
