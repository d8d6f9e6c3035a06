/** What an update changed, in few words: conditions and list items as wholes, counts by their name. */
import type { Pod } from '../api/pod/pod.ts';
import { type Change, changes } from './diff.ts';

/** One text for each thing that changed; what every write changes is left out. */
export function summaryOf(before: object, after: object): readonly string[] {
  const containers = new Map<string, string>();
  const texts = new Map<string, string>();
  for (const change of changes(before, after)) {
    if (change.noise) continue;
    const item = itemOf(change.path);
    if (item?.list === 'status.conditions') {
      texts.set(item.path, conditionText(item.key, before, after));
    } else if (item?.list === 'status.containerStatuses') {
      containers.set(item.path, containerText(item.key, after));
    } else {
      const text = changeText(change);
      if (text !== undefined) texts.set(change.path, text);
    }
  }
  // What is said twice, as by an annotation and its older name, is told once.
  const all = [...containers.values(), ...new Set(texts.values())];
  const isSeen = all.length === 0 && observed(after) !== observed(before);
  return isSeen ? [`generation ${observed(after)} is seen`] : all;
}

const observed = (object: object): unknown =>
  (object as { status?: { observedGeneration?: number } }).status?.observedGeneration;

interface Item {
  readonly path: string;
  readonly list: string;
  readonly key: string;
}

/** The list item that a path leads into. */
function itemOf(path: string): Item | undefined {
  const found = /^([^[]+)\[([^\]]+)\]/.exec(path);
  return found === null ? undefined : { path: found[0], list: found[1]!, key: found[2]! };
}

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
}

const conditionOf = (object: object, type: string): Condition | undefined =>
  (object as { status?: { conditions?: readonly Condition[] } }).status?.conditions?.find(
    (condition) => condition.type === type,
  );

/** `Available False → True (MinimumReplicasAvailable)`, or `Progressing still True (…)`. */
function conditionText(type: string, before: object, after: object): string {
  const [was, is] = [conditionOf(before, type), conditionOf(after, type)];
  if (is === undefined) return `${type} no longer told`;
  const reason = is.reason ? ` (${is.reason})` : '';
  if (was === undefined) return `${type} is ${is.status}${reason}`;
  if (was.status !== is.status) return `${type} ${was.status} → ${is.status}${reason}`;
  return `${type} still ${is.status}${reason}`;
}

/** `nginx waits (ContainerCreating)`. */
function containerText(name: string, after: object): string {
  const { state, ready } =
    (after as Pod).status.containerStatuses?.find((container) => container.name === name) ?? {};
  const { waiting, terminated, running } = state ?? {};
  if (terminated !== undefined) return `${name} exited with ${terminated.exitCode}`;
  if (running !== undefined) return `${name} runs${ready === true ? ', ready' : ''}`;
  return `${name} waits${waiting?.reason ? ` (${waiting.reason})` : ''}`;
}

/** Undefined: absent and zero are the same count. */
function changeText({ path, was, is }: Change): string | undefined {
  const name = path.replace(/^(status|metadata\.annotations)\./, '').replace(/^[\w.]+\.io\//, '');
  const isCount = /eplicas$/.test(path);
  if (isItem(was) || isItem(is)) {
    if (was === undefined || is === undefined) {
      return `${name} ${was === undefined ? 'added' : 'removed'}`;
    }
    const counts = [was, is].map((value) => (Array.isArray(value) ? value.length : undefined));
    return counts[0] === counts[1] ? `${name} changed` : `${name} ${counts[0]} → ${counts[1]}`;
  }
  const none = isCount ? 0 : undefined;
  if (isCount && (was ?? 0) === (is ?? 0)) return undefined;
  return `${name} ${short(was ?? none)} → ${short(is ?? none)}`;
}

const isItem = (value: unknown): boolean => typeof value === 'object' && value !== null;

export function short(value: unknown, most = 40): string {
  if (value === undefined) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 3)}…` : text;
}
