/** What a simulated container uses and has logged at a moment, as its behaviour says. */

import { terminationMessage } from '../status/terminationmessage.ts';
import type { LogLine } from './behaviour.ts';
import type { Measured, SimulatedContainer } from './runtime.ts';

export function amountAt(container: SimulatedContainer, what: Measured, now: number): number {
  const { state, startedAt, behaviour } = container;
  if (state !== 'running') return 0;
  let current = 0;
  for (const { atMs, amount } of behaviour[what]) {
    if (startedAt! + atMs <= now) current = amount;
  }
  return current;
}

export function usageAt(
  container: SimulatedContainer,
  resource: string,
  now: number,
): number | undefined {
  const { state, startedAt, behaviour } = container;
  if (state !== 'running') return undefined;
  if (resource === 'memory') {
    return behaviour.memory.length === 0 ? undefined : amountAt(container, 'memory', now) * 1000;
  }
  if (resource !== 'cpu' || behaviour.cpu.length === 0) return undefined;
  return behaviour.cpu.findLast(({ atMs }) => startedAt! + atMs <= now)?.milli ?? 0;
}

export function logsAt(container: SimulatedContainer, now: number): readonly LogLine[] {
  const { startedAt, finishedAt, behaviour } = container;
  if (startedAt === undefined) return [];
  const until = Math.min(finishedAt ?? now, now);
  return behaviour.logs
    .map(({ atMs, text }) => ({ atMs: startedAt + atMs, text }))
    .filter(({ atMs }) => atMs <= until);
}

/** What it leaves behind when it ends now. */
export const messageOf = (
  container: SimulatedContainer,
  exitCode: number,
  now: number,
): string | undefined =>
  terminationMessage({
    message: container.behaviour.message,
    logs: logsAt(container, now).map(({ text }) => text),
    exitCode,
    fallsBack: container.fallsBackToLogs,
  });
