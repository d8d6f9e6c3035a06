/** What `why` answers, on the command line and in a running cluster. */
import type { Key } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import type { History } from '../replay/restore.ts';
import { parseCursor } from './cursor.ts';
import { decisionLines, pendingLines } from './decisiontable.ts';
import { entryOf } from './entryof.ts';
import { findKey } from './find.ts';
import { parseReference } from './refs.ts';
import { pendingPods, type ScheduledPod, scheduledPod } from './scheduling.ts';
import { type Cause, causeLines, whyOf } from './why.ts';

export interface Question {
  readonly reference: string | undefined;
  readonly namespace: string | undefined;
  readonly at: string | undefined;
  readonly depth?: number;
}

export interface Reply {
  readonly cause: Cause;
  /** Of a Pod as a whole, or of its node: how it came by it. */
  readonly scheduled?: ScheduledPod;
}

/** Throws a UsageError if there is no such thing. */
export function answer(history: History, question: Question): Reply {
  const { reference, namespace, at, depth = 10 } = question;
  const cursor = parseCursor(at, history);
  const n = entryOf(reference, history, cursor, namespace);
  const cause = whyOf(history, n, depth);
  if (cause === undefined)
    throw new UsageError(`#${n}: no such entry; the log has ${history.length}`);
  const key = podKeyOf(question, history, cursor);
  const scheduled = key === undefined ? undefined : scheduledPod(history, key, cursor);
  return scheduled === undefined ? { cause } : { cause, scheduled };
}

export function replyLines({ cause, scheduled }: Reply): readonly string[] {
  const causes = causeLines(cause);
  return scheduled === undefined ? causes : [...causes, '', ...decisionLines(scheduled)];
}

/** A block for each Pod that waits for a node. */
export function pendingText(history: History, at: string | undefined): string {
  const cursor = parseCursor(at, history);
  const pods = pendingPods(history, cursor);
  if (pods.length === 0) return `no Pod waits for a node at @${cursor}`;
  return pods.map((pod) => pendingLines(pod).join('\n')).join('\n\n');
}

function podKeyOf(
  { reference: text, namespace }: Question,
  history: History,
  cursor: number,
): Key | undefined {
  if (text === undefined || /^[#@]/.test(text)) return undefined;
  const reference = parseReference(text, history.view(), namespace);
  const path = reference.path.join('.');
  if (
    reference.kind !== 'Pod' ||
    !/^(spec\.nodeName|status\.conditions\.PodScheduled.*)?$/.test(path)
  )
    return undefined;
  return makeKey(reference.namespace, reference.name ?? findKey(reference, history, cursor));
}
