/**
 * The look at all nodes that the controller takes every five seconds (ctl-07 §A): who is silent, whom
 * to give up, and whether the zones, or the control plane itself, are in trouble.
 */
import { type Lease, leaseNamespace } from '../../api/lease.ts';
import { makeKey } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import { readyOf } from '../../api/nodestatus.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { graceOf, type Health, heard, isSilent, silentConditions } from './health.ts';
import { noExecuteKeys, setNoExecute, taintKeyOf } from './noexecute.ts';
import { markPodsNotReady } from './podsnotready.ts';
import { Tainter } from './tainter.ts';
import { countsForZone, evictionRateOf, type ZoneState, zoneOf, zoneState } from './zones.ts';

const attempts = 5;

export class NodeMonitor {
  readonly tainter = new Tainter();
  readonly #known = new Map<string, Node>();
  readonly #health = new Map<string, Health>();
  /** Nodes whose Pods could not be marked. */
  readonly #retry = new Set<string>();
  /** Nodes that were new to this look, and lost their taints for that. */
  readonly #cleared = new Set<string>();
  #failed = false;

  /** Returns whether something could not be written, or found out: the next look tries again. */
  *look(context: ControllerContext): Requests<boolean> {
    this.#failed = false;
    this.#cleared.clear();
    const nodes = context.view.list<Node>('Node');
    yield* this.#welcome(nodes, context);
    const looked: Node[] = [];
    for (const node of nodes) {
      const current = yield* this.#judge(node, context);
      if (current === undefined) continue;
      looked.push(current);
    }
    yield* this.#judgeZones(looked, context);
    return this.#failed;
  }

  memory(now: number): unknown {
    return [
      this.tainter.memory(now),
      [...this.#known.keys()],
      [...this.#health].map(([node, { heardAt }]) => [node, now - heardAt]),
      [...this.#retry],
    ];
  }

  *#welcome(nodes: readonly Node[], context: ControllerContext): Requests<void> {
    const names = new Set(nodes.map(({ metadata }) => metadata.name));
    for (const [name, node] of this.#known) {
      if (names.has(name)) continue;
      const message = `Node ${name} event: Removing Node ${name} from Controller`;
      context.record(node, 'Normal', 'RemovingNode', message);
      this.#known.delete(name);
      this.#health.delete(name);
      this.#retry.delete(name);
      this.tainter.remove(name);
    }
    for (const node of nodes) {
      const { name } = node.metadata;
      const isNew = !this.#known.has(name);
      this.#known.set(name, node);
      if (!isNew) continue;
      const message = `Node ${name} event: Registered Node ${name} in Controller`;
      context.record(node, 'Normal', 'RegisteredNode', message);
      if (noExecuteKeys(node).length === 0) continue;
      // Even of a node that is not ready: it waits for its turn again.
      yield* this.#setTaint(name, undefined, context.now);
      this.#cleared.add(name);
    }
  }

  /** The node as it is now; undefined if nothing could be found out. */
  *#judge(cached: Node, context: ControllerContext): Requests<Node | undefined> {
    const { name } = cached.metadata;
    let node = cached;
    for (let attempt = 0; ; attempt++) {
      const before = readyOf(node);
      const current = yield* this.#keepHealth(node, context);
      if (current !== undefined) {
        yield* this.#keepTaint(current, context);
        const becameNotReady = before?.status === 'True' && readyOf(current)?.status !== 'True';
        yield* this.#keepPods(current, becameNotReady, context);
        return current;
      }
      const live =
        attempt < attempts ? yield* call<Node>({ verb: 'get', kind: 'Node', name }) : undefined;
      if (live?.ok !== true) {
        this.#failed ||= live?.status.reason !== 'NotFound';
        return undefined;
      }
      node = live.object;
    }
  }

  /** Writes what is known of a silent node. Undefined: that was refused. */
  *#keepHealth(node: Node, { view, now }: ControllerContext): Requests<Node | undefined> {
    const { name } = node.metadata;
    const lease = view.get<Lease>('Lease', makeKey(leaseNamespace, name));
    const health = heard(this.#health.get(name), node, lease, now);
    this.#health.set(name, health);
    const ready = readyOf(node);
    if (!isSilent(now - health.heardAt, graceOf(ready))) return node;
    if (ready?.status === 'Unknown') return node;
    const conditions = silentConditions(node, now);
    const updated = yield* call<Node>({
      verb: 'update',
      kind: 'Node',
      object: { ...node, status: { ...node.status, conditions } },
      subresource: 'status',
    });
    if (!updated.ok) return undefined;
    const told = readyOf(updated.object)?.lastHeartbeatTime ?? '';
    this.#health.set(name, { ...health, heartbeat: told });
    return updated.object;
  }

  /** One that is ready loses the taint; one that is not waits for it, or has the other one swapped. */
  *#keepTaint(node: Node, { now }: ControllerContext): Requests<void> {
    const { name } = node.metadata;
    const wanted = taintKeyOf(readyOf(node));
    const there = noExecuteKeys(node);
    if (wanted === undefined) {
      this.tainter.remove(name);
      if (readyOf(node) !== undefined && there.length > 0)
        yield* this.#setTaint(name, undefined, now);
    } else if (!there.includes(wanted) && there.length > 0) {
      yield* this.#setTaint(name, wanted, now);
    } else if (there.length === 0 || this.#cleared.has(name)) {
      this.tainter.add(zoneOf(node), name);
    }
  }

  *#setTaint(name: string, wanted: string | undefined, now: number): Requests<void> {
    const error = yield* setNoExecute(name, wanted, now);
    this.#failed ||= error !== undefined;
  }

  *#keepPods(node: Node, becameNotReady: boolean, context: ControllerContext): Requests<void> {
    const { name } = node.metadata;
    if (becameNotReady) {
      const message = `Node ${name} status is now: NodeNotReady`;
      context.record(node, 'Normal', 'NodeNotReady', message);
    }
    const isReady = readyOf(node)?.status === 'True';
    if (isReady) this.#retry.delete(name);
    if (!becameNotReady && (isReady || !this.#retry.has(name))) return;
    const error = yield* markPodsNotReady(node, context);
    if (error === undefined) this.#retry.delete(name);
    else this.#retry.add(name);
  }

  *#judgeZones(nodes: readonly Node[], { now }: ControllerContext): Requests<void> {
    const zones = zonesOf(nodes);
    const before = this.tainter.states;
    const isFull = (state: ZoneState | 'Initial' | undefined) => state === 'FullDisruption';
    const allFull = [...zones.values()].every(({ state }) => isFull(state));
    const wereAllFull = [...zones.keys()].every((name) => isFull(before.get(name)));
    this.tainter.forgetZones(new Set(zones.keys()));
    if (allFull && !wereAllFull) {
      for (const node of nodes) {
        const { name } = node.metadata;
        this.tainter.remove(name);
        if (noExecuteKeys(node).length > 0) yield* this.#setTaint(name, undefined, now);
      }
    }
    if (!allFull && wereAllFull) {
      for (const [name, health] of this.#health)
        this.#health.set(name, { ...health, heardAt: now });
    }
    // The size counts when the state changes, and not while it stays.
    for (const [name, { state, size }] of zones) {
      if (allFull === wereAllFull && (allFull || before.get(name) === state)) continue;
      this.tainter.set(name, state, evictionRateOf(state, size, allFull), now);
    }
  }
}

interface Zone {
  readonly state: ZoneState;
  readonly size: number;
}

function zonesOf(nodes: readonly Node[]): ReadonlyMap<string, Zone> {
  const counts = new Map<string, { ready: number; notReady: number }>();
  for (const node of nodes) {
    if (!countsForZone(node)) continue;
    const zone = zoneOf(node);
    const count = counts.get(zone) ?? { ready: 0, notReady: 0 };
    counts.set(zone, count);
    if (readyOf(node)?.status === 'True') count.ready += 1;
    else count.notReady += 1;
  }
  return new Map(
    [...counts].map(([zone, { ready, notReady }]) => [
      zone,
      { state: zoneState(ready, notReady), size: ready + notReady },
    ]),
  );
}
