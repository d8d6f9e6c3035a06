/** What one thread does of a campaign: takes a portion, plays it, takes the next. */
import { type Played, play } from '../../../properties/play.ts';
import { basesOf, type Campaign, isOf, type Shard } from './campaign.ts';
import { type Claims, portionRuns } from './claims.ts';

/** What is to be played. */
export interface Task {
  readonly campaign: Campaign;
  readonly shard: Shard;
  /** Only this run, to see what it does. */
  readonly only?: number;
}

export function playShare(task: Task, claims: Claims, onRun: () => void = () => {}): Played {
  const { campaign, shard, only } = task;
  const { runs, seed } = campaign;
  const width = portionRuns * shard.of;
  let portion = claims.take();
  const played = play(basesOf(campaign), {
    runs,
    seed,
    isOver: (run) => run > claims.lowest || portion * width >= runs,
    isMine(run) {
      const its = Math.floor((run - 1) / width);
      while (portion < its) portion = claims.take();
      return portion === its && isOf(shard, run) && (only ?? run) === run;
    },
    onRun() {
      claims.count();
      onRun();
    },
  });
  if (played.broke !== undefined) claims.broke(played.broke.run);
  return played;
}
