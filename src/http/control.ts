/**
 * Control of a running cluster, beside the Kubernetes API: pause, resume, single steps, faults, and what
 * etcd's operators can do. Only for administrators; paths begin with `/kubestep`.
 */
import { UsageError } from '../errors.ts';
import { answer, pendingText, replyLines } from '../explain/answer.ts';
import { lineOf } from '../explain/story.ts';
import { historyOf } from '../replay/restore.ts';
import { allFaults, describeMove } from '../sim/move.ts';
import { parseSteps } from '../sim/scenario/parse.ts';
import { playSteps } from '../sim/scenario/play.ts';
import { calmStep } from '../sim/strategy.ts';
import type { Context, Incoming } from './context.ts';
import { type Answer, textAnswer } from './reply.ts';

type Command = (incoming: Incoming, context: Context) => Answer;

const json = (body: unknown): Answer => ({ code: 200, body });
const mistaken = (message: string): Answer => ({ code: 400, body: { error: message } });

const stateOf = ({ cluster, clock }: Context) => ({
  paused: clock.paused,
  speed: clock.speed,
  t: cluster.simulation.now,
  n: cluster.simulation.log.length,
  revision: cluster.simulation.store.revision,
});

const commands: Readonly<Record<string, Command>> = {
  state: (_incoming, context) => json(stateOf(context)),
  pause(_incoming, context) {
    context.clock.pause();
    return json(stateOf(context));
  },
  resume(_incoming, context) {
    context.clock.resume();
    return json(stateOf(context));
  },
  /** Makes so many moves, and tells what they wrote to the log. */
  step({ query }, context) {
    const { simulation } = context.cluster;
    if (!context.clock.paused) return mistaken('the cluster runs; pause it first');
    const moves = Number(query.get('moves') ?? 1);
    if (!(moves >= 1 && moves <= 100_000)) return mistaken('moves: expected 1 to 100000');
    const before = simulation.log.length;
    for (let i = 0; i < moves; i++) if (!calmStep(simulation)) break;
    const { log } = simulation;
    const told = log.since(before).map((entry) => lineOf(entry, log.began).text);
    return json({ ...stateOf(context), told });
  },
  /** Plays steps of a scenario, after those under way: what no request can do, and how time passes. */
  play({ body }, context) {
    const { cluster, clock } = context;
    const wasPaused = clock.paused;
    clock.pause();
    try {
      const played = playSteps(parseSteps(body.toString('utf8'), 'play'), cluster);
      return json({ ...stateOf(context), codes: played.map(({ codes }) => codes) });
    } catch (error) {
      if (error instanceof UsageError) return mistaken(error.message);
      throw error;
    } finally {
      if (!wasPaused) clock.resume();
    }
  },
  /** What could go wrong now; or makes the n-th of it go wrong. */
  inject({ query }, context) {
    const { simulation } = context.cluster;
    const faults = simulation
      .moves(allFaults)
      .filter((move) => describesFault(describeMove(move)) || 'fault' in move);
    const wanted = query.get('fault');
    if (wanted === null) return json({ faults: faults.map(describeMove) });
    const move = faults.find((one, i) => describeMove(one) === wanted || String(i) === wanted);
    if (move === undefined) return mistaken(`no such fault now: ${wanted}`);
    simulation.step(move);
    context.clock.wake();
    return json({ ...stateOf(context), injected: describeMove(move) });
  },
  compact({ query }, context) {
    const revision = Number(query.get('revision'));
    if (!Number.isSafeInteger(revision) || revision < 0)
      return mistaken('revision: expected a number');
    context.cluster.simulation.store.compact(revision);
    return json({ compacted: context.cluster.simulation.store.compacted });
  },
  why({ query }, { cluster }) {
    const history = historyOf(cluster.simulation);
    const text = (name: string) => query.get(name) ?? undefined;
    const at = text('at');
    try {
      if (text('pending') === 'true') return textAnswer(200, `${pendingText(history, at)}\n`);
      const question = { reference: text('reference'), namespace: text('namespace'), at };
      return textAnswer(200, `${replyLines(answer(history, question)).join('\n')}\n`);
    } catch (error) {
      if (error instanceof UsageError) return mistaken(error.message);
      throw error;
    }
  },
  log({ query }, { cluster }) {
    const since = Number(query.get('since') ?? 0);
    const { log } = cluster.simulation;
    const lines = log.since(since).map((entry) => lineOf(entry, log.began).text);
    return textAnswer(200, `${lines.join('\n')}\n`);
  },
};

const describesFault = (text: string): boolean =>
  /crash|drop|hold|release|conflict|lost/.test(text);

export function answerControl(
  incoming: Incoming,
  name: string | undefined,
  context: Context,
): Answer {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    return {
      code: 404,
      body: { error: `unknown command; expected ${Object.keys(commands).join(', ')}` },
    };
  }
  return command(incoming, context);
}
