/**
 * Plays a campaign on several threads. The first is the one that asks. Unless their number is given, others
 * are started when it turns out that there is enough to do: a short campaign is over before they are.
 */
import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { joined, type Played } from '../../../properties/play.ts';
import { UsageError } from '../../errors.ts';
import { runsIn } from './campaign.ts';
import { Claims } from './claims.ts';
import { playShare, type Task } from './share.ts';
import type { PlayedElsewhere, WorkerData } from './worker.ts';

/** How long a campaign has to go on before others are asked for help, and has to have left. */
const aloneMs = 200;
const leftMs = 400;

/** `onRun` is told how many are over. Throws what a run threw, if no earlier one broke a rule. */
export async function playOnThreads(
  task: Task,
  threads: number | undefined,
  onRun: (played: number) => void,
): Promise<Played> {
  const claims = new Claims();
  const began = performance.now();
  const total = runsIn(task.shard, task.campaign.runs);
  const others: Promise<Played>[] = [];
  const help = (count: number) => {
    for (let i = 1; i < count; i++) others.push(start({ task, shared: claims.shared }));
  };
  let mayAsk = threads === undefined;
  const isWorthIt = () => {
    const ms = performance.now() - began;
    return ms > aloneMs && (ms / claims.played) * (total - claims.played) > leftMs;
  };
  if (threads !== undefined) help(threads);
  const mine = playShare(task, claims, () => {
    onRun(claims.played);
    if (!mayAsk || !isWorthIt()) return;
    mayAsk = false;
    help(availableParallelism());
  });
  const played = joined([mine, ...(await Promise.all(others))]);
  if (played.broke !== undefined && 'error' in played.broke) throw played.broke.error;
  return played;
}

/** The program again, in a thread of its own: it sees there what it is for. */
function start(workerData: WorkerData): Promise<Played> {
  const worker = new Worker(realpathSync(process.argv[1]!), { workerData });
  return new Promise((resolve, reject) => {
    worker.once('message', ({ isMistake, ...played }: PlayedElsewhere) => {
      resolve(isMistake ? mistaken(played) : played);
    });
    worker.once('error', reject);
  });
}

function mistaken(played: Played): Played {
  const { run, error } = played.broke!;
  return { ...played, broke: { run, error: new UsageError((error as Error).message) } };
}
