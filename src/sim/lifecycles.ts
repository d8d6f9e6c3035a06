/**
 * Follows every object through the machine of its kind: a fold over writes, whoever recorded them.
 *
 * It knows a log only by what changed, so it works the same on our own log, on an audit log and on
 * a recorded watch. An object that is first seen in the middle of its life is placed by the events
 * that lead to what it is. What a machine refuses is a finding, and the object stays where it was.
 */
import {
  containerTable,
  refused,
  type StateNumber,
  type Table,
  tables,
} from '../../machines/index.ts';
import { kindOf } from '../api/index.ts';
import type { LifecycleEvent } from '../api/kind.ts';
import { containerLifecycles } from '../api/lifecycle/container.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { Finding, WriteEntry } from '../log/entry.ts';

interface Life {
  readonly table: Table<{ type: string }>;
  state: StateNumber;
  containers?: Map<string, StateNumber>;
}

type Change = Pick<WriteEntry, 'n' | 'kind' | 'key' | 'before' | 'after'>;

const none: readonly Finding[] = [];

export class Lifecycles {
  readonly #lives = new Map<string, Life>();
  readonly #findings: Finding[] = [];

  /** Everything that was refused so far. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Moves what a write changed; returns what was refused. */
  observe(entry: Change): readonly Finding[] {
    const table = tables[entry.kind];
    if (table === undefined) return none;
    const { before, after } = entry;
    const found = this.#findings.length;
    if (before !== undefined && before.metadata.uid !== (after ?? before).metadata.uid) {
      this.#move(table, { ...entry, after: undefined });
      this.#move(table, { ...entry, before: undefined });
    } else this.#move(table, entry);
    return this.#findings.length === found ? none : this.#findings.slice(found);
  }

  /** The state of an object in its machine's table; it is kept when the object is gone. */
  stateOf(uid: string): StateNumber | undefined {
    return this.#lives.get(uid)?.state;
  }

  /** The same in words: `phase: running.ready, deletion: none`. */
  textOf(uid: string): string | undefined {
    const life = this.#lives.get(uid);
    return life?.table.text(life.state);
  }

  /** The states of a Pod's containers in `containerTable`, by name. */
  containersOf(uid: string): ReadonlyMap<string, StateNumber> {
    return this.#lives.get(uid)?.containers ?? new Map();
  }

  #move(table: Table<{ type: string }>, change: Change): void {
    const { before, after, kind } = change;
    const { uid } = (after ?? before)!.metadata;
    let life = this.#lives.get(uid);
    if (life === undefined) {
      life = { table, state: table.initial(undefined) };
      this.#lives.set(uid, life);
      if (before !== undefined) this.#apply(life, { ...change, before: undefined, after: before });
    }
    this.#apply(life, change);
    if (kind === 'Pod' && after === undefined) delete life.containers;
  }

  #apply(life: Life, change: Change): void {
    const { kind, before, after } = change;
    for (const event of kindOf(kind)!.lifecycle!(before as never, after as never)) {
      const next = life.table.next(life.state, event);
      if (next === refused) this.#refuse(change, life.table.text(life.state), event);
      else life.state = next;
    }
    if (kind === 'Pod' && after !== undefined) this.#moveContainers(life, change, after);
  }

  #moveContainers(life: Life, change: Change, after: KubeObject): void {
    const changed = containerLifecycles(change.before as Pod | undefined, after as Pod);
    for (const { name, restartPolicy, events } of changed) {
      life.containers ??= new Map();
      let state = life.containers.get(name) ?? containerTable.initial({ restartPolicy });
      for (const event of events) {
        const next = containerTable.next(state, event);
        if (next !== refused) state = next;
        else this.#refuse(change, containerTable.text(state), event, name);
      }
      life.containers.set(name, state);
    }
  }

  #refuse({ n, kind, key }: Change, state: string, { type }: LifecycleEvent, container = ''): void {
    const about =
      container === '' ? { kind, key } : { kind: 'Container', key: `${key}/${container}` };
    this.#findings.push({ n, ...about, event: type, state });
  }
}
