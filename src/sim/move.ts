/**
 * What could happen next. A move is plain data, so that the person at the stepper, a random search
 * and a replay file all choose among the same things.
 */

export type RequestFault =
  /** Refused with 409, as if someone else had written in between. */
  | 'conflict'
  /** Applied, but the reply never arrives. */
  | 'reply lost'
  /** Not applied, and the caller cannot know. */
  | 'request lost';

export type Move =
  /** The next request of a pass. */
  | {
      readonly type: 'request';
      readonly process: string;
      readonly actor: string;
      readonly key: string;
      readonly fault?: RequestFault;
    }
  /** Writes the next Event of a component. */
  | { readonly type: 'record'; readonly process: string; readonly actor: string }
  /** The next watch event, or list, reaches a process. */
  | {
      readonly type: 'deliver';
      readonly process: string;
      readonly kind: string;
      readonly reflector: number;
    }
  /** A component begins a pass over its next key. */
  | { readonly type: 'begin'; readonly process: string; readonly actor: string }
  /** The user's next step. */
  | { readonly type: 'user' }
  /** Time passes, to the next timer. */
  | { readonly type: 'clock' }
  /**
   * A process dies and starts again: it forgets everything and lists anew. With `staleAt` it is
   * attached to an API server that is as far behind as this revision: its lists show the past.
   */
  | { readonly type: 'crash'; readonly process: string; readonly staleAt?: number }
  /** A wall clock is set an hour ahead, or right again. */
  | { readonly type: 'skew'; readonly process: string }
  /**
   * A watch breaks; what was not delivered is replaced by a list. With `staleAt` the API server that
   * answers it is as far behind as this revision.
   */
  | {
      readonly type: 'drop';
      readonly process: string;
      readonly kind: string;
      readonly reflector: number;
      readonly staleAt?: number;
    }
  /** Nothing of a kind is delivered to a process until it is released. */
  | {
      readonly type: 'hold';
      readonly process: string;
      readonly kind: string;
      readonly reflector: number;
    }
  | {
      readonly type: 'release';
      readonly process: string;
      readonly kind: string;
      readonly reflector: number;
    };

export type MoveType = Move['type'];

/** Which faults may happen. */
export interface Faults {
  readonly crash?: boolean;
  readonly drop?: boolean;
  readonly hold?: boolean;
  readonly conflict?: boolean;
  readonly ambiguous?: boolean;
  /** Of processes that go by their wall clock. */
  readonly skew?: boolean;
}

export const allFaults: Faults = {
  crash: true,
  drop: true,
  hold: true,
  conflict: true,
  ambiguous: true,
  skew: true,
};

/** One line for a list of choices. */
export function describeMove(move: Move): string {
  switch (move.type) {
    case 'request': {
      const how = move.fault === undefined ? '' : `, ${move.fault}`;
      return `${move.actor} sends its next request for ${move.key}${how}`;
    }
    case 'record':
      return `${move.actor} writes an Event`;
    case 'deliver':
      return `deliver the next ${move.kind} change to ${move.process}`;
    case 'begin':
      return `${move.actor} begins its next key`;
    case 'user':
      return 'the user goes on';
    case 'clock':
      return 'time passes';
    case 'crash':
      return move.staleAt === undefined
        ? `crash and restart ${move.process}`
        : `restart ${move.process} onto an API server that is at revision ${move.staleAt}`;
    case 'skew':
      return `set the clock of ${move.process} an hour ahead, or right again`;
    case 'drop':
      return `break the ${move.kind} watch of ${move.process}`;
    case 'hold':
      return `hold back ${move.kind} changes from ${move.process}`;
    case 'release':
      return `release ${move.kind} changes to ${move.process}`;
  }
}
