/** Lists what could happen next: the moves that are enabled, and the faults that are allowed. */
import { blank } from '../blank.ts';
import type { Faults, Move } from './move.ts';
import type { Delivery, InFlight, Process, Slot } from './process.ts';
import type { Reflector } from './reflector.ts';

/** What could move, each in the order in which it became able to. */
export interface Agenda {
  readonly inFlight: Iterable<InFlight>;
  readonly emitting: Iterable<Slot>;
  readonly pending: Iterable<Delivery>;
  readonly beginnable: Iterable<Slot>;
  readonly processes: Iterable<Process>;
  readonly user: boolean;
  readonly clock: boolean;
}

/** In a stable order: what calm would do comes first, faults last. */
export function enabledMoves(agenda: Agenda, faults: Faults): readonly Move[] {
  const moves: Move[] = [];
  const { inFlight, emitting, pending, beginnable, user, clock } = agenda;
  for (const { slot, pass } of inFlight) {
    moves.push({ type: 'request', ...nameOf(slot), key: pass.key });
  }
  for (const slot of emitting) moves.push({ type: 'record', ...nameOf(slot) });
  for (const { reflector, process } of pending) {
    if (!reflector.held) moves.push({ type: 'deliver', ...watchName(process, reflector) });
  }
  for (const slot of beginnable) moves.push({ type: 'begin', ...nameOf(slot) });
  if (user) moves.push({ type: 'user' });
  if (clock) moves.push({ type: 'clock' });
  addRequestFaults(moves, inFlight, faults);
  addProcessFaults(moves, [...agenda.processes], faults);
  return moves;
}

function addRequestFaults(
  moves: Move[],
  inFlight: Iterable<InFlight>,
  { conflict, ambiguous }: Faults,
): void {
  for (const { slot, pass, request } of inFlight) {
    if (request.verb === 'get' || request.verb === 'list') continue;
    const named = { type: 'request' as const, ...nameOf(slot), key: pass.key };
    if (conflict === true && request.verb === 'update')
      moves.push({ ...blank, ...named, fault: 'conflict' });
    if (ambiguous !== true) continue;
    moves.push(
      { ...blank, ...named, fault: 'reply lost' },
      { ...blank, ...named, fault: 'request lost' },
    );
  }
}

function addProcessFaults(
  moves: Move[],
  processes: readonly Process[],
  { crash, drop, hold, skew }: Faults,
): void {
  for (const process of processes) {
    for (const reflector of process.reflectors) {
      if (reflector.held) moves.push({ type: 'release', ...watchName(process, reflector) });
    }
  }
  for (const process of processes) {
    if (crash === true) moves.push({ type: 'crash', process: process.name });
    if (skew === true && process.spec.clocked === true) {
      moves.push({ type: 'skew', process: process.name });
    }
    for (const reflector of process.reflectors) {
      if (reflector.needsList || reflector.held) continue;
      const named = watchName(process, reflector);
      if (drop === true && reflector.lag > 0) moves.push({ type: 'drop', ...named });
      if (hold === true) moves.push({ type: 'hold', ...named });
    }
  }
}

const nameOf = (slot: Slot) => ({ process: slot.process.name, actor: slot.component.actor });

const watchName = (process: Process, reflector: Reflector) => ({
  process: process.name,
  kind: reflector.watch.kind,
  reflector: process.reflectors.indexOf(reflector),
});
