/** A whole control plane: namespaces, kube-controller-manager, kube-scheduler, and machines with kubelets. */
import type { Draft } from '../api/meta.ts';
import { isAllowed } from '../apiserver/rbac.ts';
import type { Response } from '../apiserver/request.ts';
import { certificateApprover, type MayAsk } from '../controllers/certificateapprover.ts';
import { certificateCleaner } from '../controllers/certificatecleaner.ts';
import { clusterRoleAggregation } from '../controllers/clusterroleaggregation.ts';
import { customResourceCleanup } from '../controllers/customresourcecleanup.ts';
import {
  establishingController,
  namingController,
} from '../controllers/customresourcedefinition.ts';
import { flowSchemaController } from '../controllers/flowschema.ts';
import { controllers } from '../controllers/index.ts';
import { rootCertificatePublisher } from '../controllers/rootcertificate.ts';
import { serviceAccountController } from '../controllers/serviceaccount.ts';
import { type SecretToken, serviceAccountTokens } from '../controllers/serviceaccounttoken.ts';
import { volumeAttachers } from '../controllers/volumeattacher.ts';
import { volumeProvisioner, volumeProvisioners } from '../controllers/volumeprovisioner.ts';
import { Kubelet } from '../kubelet/kubelet.ts';
import { healthyConditions, nodeDraft, nodeStatus } from '../kubelet/node/node.ts';
import { Behaviours, standIn, type Tempo, typical } from '../kubelet/runtime/behaviour.ts';
import type { ContainerRuntime } from '../kubelet/runtime/runtime.ts';
import { SimulatedRuntime } from '../kubelet/runtime/simulatedruntime.ts';
import { StageComponent } from '../kubelet/stages/component.ts';
import { type StageDocument, stagesOf, standForKubelets } from '../kubelet/stages/documents.ts';
import { StandInKubelet } from '../kubelet/standin/kubelet.ts';
import { StaticManifests } from '../kubelet/staticpods.ts';
import type { Entry } from '../log/entry.ts';
import { Scheduler, type SchedulerOptions } from '../scheduler/scheduler.ts';
import type { Staleness } from './consistency.ts';
import type { Controller } from './controller.ts';
import { ControllerComponent } from './controllercomponent.ts';
import { defaultTimings, type Election } from './leaderelection.ts';
import { MachineHost } from './machinehost.ts';
import { type ManagerSpec, processesOf } from './manager.ts';
import type { UsageSource } from './metrics.ts';
import type { ProcessSpec } from './process.ts';
import type { BehaviourSpec, FirstList, NodeSpec } from './scenario/types.ts';
import { Simulation } from './simulation.ts';

/** `standIn` does what the kubelets of the recordings did; `typical` what real ones do. */
export type KubeletKind = 'standIn' | 'typical';

export interface ClusterOptions {
  readonly seed?: number;
  readonly nodes?: readonly NodeSpec[];
  readonly behaviour?: readonly BehaviourSpec[];
  readonly kubelet?: KubeletKind;
  readonly heartbeats?: boolean;
  /** Where its clock begins, in milliseconds after the epoch of the API's times (0). */
  readonly startMs?: number;
  /** Controllers of kube-controller-manager; all by default. */
  readonly controllers?: readonly (() => Controller)[];
  /** Candidates for kube-controller-manager's work (1, which needs no Lease). */
  readonly controllerManagers?: number;
  /** Processes with controllers of a user's own. */
  readonly managers?: readonly ManagerSpec[];
  /** How ReplicaSet, DaemonSet, StatefulSet and Job controllers know old caches (by revisions). */
  readonly staleness?: Staleness;
  /** What kubelets make of the Pods that their first list shows (confirmed). */
  readonly firstList?: FirstList;
  /** KWOK's Stages, as documents. */
  readonly stages?: readonly StageDocument[];
  readonly scheduler?: SchedulerOptions;
  /** Whether components record Events (true). */
  readonly events?: boolean;
  /** The log of a cluster that this one goes on from, as after a restart of every machine. */
  readonly past?: readonly Entry[];
  /**
   * Each namespace has a ServiceAccount and the certificate (PEM) of the API server's authority, and
   * Pods get a token. Without it, Pods name an account that need not be there.
   */
  readonly serviceAccounts?: {
    readonly rootCertificate: string;
    /** Makes the tokens of Secrets that ask for one; without it nobody fills them in. */
    readonly tokenOf?: SecretToken;
  };
  /** What does not run: `controller-manager`, `scheduler`, `kubelet`, or controllers by name. */
  readonly disabled?: readonly string[];
}

interface Machine {
  readonly spec: NodeSpec;
  readonly runtime: SimulatedRuntime;
  readonly kubelet: ProcessSpec;
  readonly manifests: StaticManifests;
}

const tempos: Readonly<Record<KubeletKind, Tempo>> = { standIn, typical };

const kubelets = { standIn: StandInKubelet, typical: Kubelet };

const heartbeatMs: Readonly<Record<KubeletKind, { leaseMs: number; statusMs: number }>> = {
  standIn: { leaseMs: 5_000, statusMs: 10_000 },
  typical: { leaseMs: 10_000, statusMs: 300_000 },
};

export const controllerManager = 'kube-controller-manager';

export class Cluster {
  readonly simulation: Simulation;
  readonly #machines = new Map<string, Machine>();
  readonly #behaviours: Behaviours;
  readonly #options: ClusterOptions;
  /** What processes with several candidates elect by. */
  readonly elections: Election[] = [];
  #subnets = 0;

  constructor(options: ClusterOptions = {}) {
    this.#options = options;
    const { seed = 1, kubelet = 'typical', behaviour = [] } = options;
    this.#behaviours = new Behaviours(tempos[kubelet], behaviour);
    this.simulation = new Simulation({
      seed,
      events: options.events ?? true,
      startMs: options.startMs ?? 0,
    });
    // The recordings were made without a metrics server.
    const isMeasured = behaviour.some(
      ({ cpu, memory }) => cpu !== undefined || memory !== undefined,
    );
    if (kubelet === 'typical' || isMeasured) this.simulation.metrics.source = this.#usageOf;
    const { past, disabled = [], serviceAccounts } = options;
    this.simulation.api.serviceAccounts = serviceAccounts !== undefined;
    if (past !== undefined) this.simulation.restore(past);
    else this.#createNamespaces();
    this.#startWith('CustomResourceDefinition', extensionsSpec);
    this.#startWith('FlowSchema', flowControlSpec);
    if (!disabled.includes('controller-manager')) {
      this.startManager({
        name: controllerManager,
        controllers: this.#controllers().filter(
          (make) => disabled.length === 0 || !disabled.includes(make().name),
        ),
        replicas: options.controllerManagers ?? 1,
      });
    }
    if (!disabled.includes('scheduler')) {
      this.simulation.start({
        name: 'kube-scheduler',
        eager: true,
        components: [(env) => new Scheduler(env, options.scheduler)],
      });
    }
    const { stages = [] } = options;
    if (stages.length > 0) {
      this.simulation.start({
        name: 'kwok-controller',
        eager: true,
        components: [(env) => new StageComponent(env, stagesOf(stages))],
      });
    }
    if (!disabled.includes('kubelet')) {
      for (const node of options.nodes ?? []) this.addNode(node);
    }
    for (const manager of options.managers ?? []) this.startManager(manager);
  }

  #createNamespaces(): void {
    for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      this.simulation.submit({ verb: 'create', kind: 'Namespace', object }, 'kube-apiserver');
    }
  }

  /** What container runtimes tell a metrics server. */
  /** A process that has nothing to do before the first object of a kind. */
  #startWith(kind: string, spec: ProcessSpec): void {
    const end = this.simulation.store.onFirst((first) => {
      if (first !== kind) return;
      end();
      this.simulation.start(spec);
    });
  }

  readonly #usageOf: UsageSource = (pod, container, resource) => {
    const { runtime } = this.#machines.get(pod.spec.nodeName ?? '') ?? {};
    const records = runtime?.pod(pod.metadata.uid)?.containers ?? [];
    const running = records.find(({ name, state }) => name === container && state === 'running');
    return running === undefined ? undefined : runtime?.usageOf(running, resource);
  };

  #controllers(): readonly (() => Controller)[] {
    const { kubelet = 'typical', serviceAccounts } = this.#options;
    // Machines as real ones are come with the drivers of whatever class asks for volumes.
    const withDrivers = controllers.flatMap((make) =>
      make === volumeProvisioner ? [volumeProvisioners, volumeAttachers] : [make],
    );
    const chosen = this.#options.controllers ?? (kubelet === 'typical' ? withDrivers : controllers);
    if (serviceAccounts === undefined) return chosen;
    const { rootCertificate, tokenOf } = serviceAccounts;
    const publisher = rootCertificatePublisher(rootCertificate);
    return [
      ...chosen,
      serviceAccountController,
      publisher,
      clusterRoleAggregation,
      certificateApprover(this.#mayAsk),
      certificateCleaner,
      ...(tokenOf === undefined ? [] : [serviceAccountTokens(rootCertificate, tokenOf)]),
    ];
  }

  /** What a SubjectAccessReview would say. */
  readonly #mayAsk: MayAsk = ({ spec }, subresource) => {
    const { api, store } = this.simulation;
    const { username = '', groups = [] } = spec;
    const [group, resource] = ['certificates.k8s.io', 'certificatesigningrequests'];
    const wanted = { verb: 'create', group, resource, subresource };
    return !api.rbac || isAllowed({ username, groups }, wanted, store.view());
  };

  startManager(manager: ManagerSpec): void {
    const { staleness } = this.#options;
    const { processes, election } = processesOf(manager, staleness, defaultTimings);
    if (election !== undefined) this.elections.push(election);
    for (const process of processes) this.simulation.start(process);
  }

  addNode(spec: NodeSpec): void {
    if (standForKubelets(this.#options.stages ?? [])) return this.#createNode(spec);
    const machine = this.#build(spec);
    this.#machines.set(spec.name, machine);
    this.simulation.start(machine.kubelet);
  }

  /** Without a kubelet: ready from the beginning, if no Stage makes it so. */
  #createNode(spec: NodeSpec): void {
    const hostIP = hostAddress(this.#subnets++);
    const conditions = healthyConditions(undefined, this.simulation.now);
    const healthy = nodeStatus(spec, hostIP, undefined, conditions);
    const isStaged = stagesOf(this.#options.stages ?? []).some(({ kind }) => kind === 'Node');
    const { capacity = {} } = healthy;
    const status = isStaged ? { capacity, allocatable: capacity } : healthy;
    const object = nodeDraft(spec, status);
    this.simulation.submit({ verb: 'create', kind: 'Node', object }, 'user');
  }

  /** The container runtime of a machine that is there. */
  runtimeOf(node: string): ContainerRuntime | undefined {
    return this.#machines.get(node)?.runtime;
  }

  /** The Node object is deleted; its machine is gone with it. */
  deleteNode(name: string): Response {
    this.crashNode(name);
    this.#machines.delete(name);
    return this.simulation.submit({ verb: 'delete', kind: 'Node', name }, 'user');
  }

  /** The machine dies silently: kubelet and containers end, the Node object stays. */
  crashNode(name: string): void {
    const machine = this.#machines.get(name);
    if (machine === undefined) return;
    this.simulation.stop(machine.kubelet.name);
    machine.runtime.powerOff();
  }

  /** Machines that have died and were not switched on again. */
  get down(): readonly string[] {
    return [...this.#machines.values()]
      .filter(({ kubelet }) => this.simulation.process(kubelet.name) === undefined)
      .map(({ spec }) => spec.name);
  }

  /** The static Pods of a machine are these from now on. */
  writeManifests(node: string, drafts: readonly Draft[]): void {
    this.#machines.get(node)?.manifests.write(drafts);
  }

  recoverNode(name: string): void {
    const machine = this.#machines.get(name);
    if (machine === undefined || this.simulation.process(machine.kubelet.name)) return;
    this.simulation.start(machine.kubelet);
  }

  #build(spec: NodeSpec): Machine {
    const { kubelet = 'typical', heartbeats = false, firstList } = this.#options;
    const { simulation } = this;
    const subnet = this.#subnets++;
    const runtime = new SimulatedRuntime(
      new MachineHost(simulation, spec.name),
      this.#behaviours,
      subnet,
    );
    const manifests = new StaticManifests(spec.staticPods ?? []);
    const process: ProcessSpec = {
      name: `kubelet/${spec.name}`,
      eager: true,
      components: [
        (env) =>
          new kubelets[kubelet](env, {
            node: spec,
            hostIP: hostAddress(subnet),
            runtime,
            behaviours: this.#behaviours,
            manifests,
            ...(firstList === undefined ? {} : { firstList }),
            ...(heartbeats ? { heartbeats: heartbeatMs[kubelet] } : {}),
          }),
      ],
    };
    return { spec, runtime, kubelet: process, manifests };
  }
}

/** Of the API server, too: it looks after flow schemas from the first one on. */
const flowControlSpec: ProcessSpec = {
  name: 'kube-apiserver/flowcontrol',
  components: [(env) => new ControllerComponent(flowSchemaController(), env)],
};

/** The API server's own controllers: they begin with the first definition. */
const extensionsSpec: ProcessSpec = {
  name: 'kube-apiserver',
  components: [namingController, establishingController, customResourceCleanup].map(
    (make) => (env) => new ControllerComponent(make(), env),
  ),
};

const hostAddress = (place: number): string => `192.0.2.${(place % 254) + 1}`;

export const createCluster = (options?: ClusterOptions): Cluster => new Cluster(options);
