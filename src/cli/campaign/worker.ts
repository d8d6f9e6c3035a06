/** A thread of a campaign: plays its share, says what came of it, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Played } from '../../../properties/play.ts';
import { UsageError } from '../../errors.ts';
import { Claims } from './claims.ts';
import { playShare, type Task } from './share.ts';

export interface WorkerData {
  readonly task: Task;
  readonly shared: SharedArrayBuffer;
}

/** Errors lose their class on the way between threads. */
export interface PlayedElsewhere extends Played {
  readonly isMistake: boolean;
}

export function work(): void {
  const { task, shared } = workerData as WorkerData;
  const played = playShare(task, new Claims(shared));
  const isMistake = played.broke?.error instanceof UsageError;
  parentPort!.postMessage({ ...played, isMistake } satisfies PlayedElsewhere);
}
