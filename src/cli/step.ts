/** `kubestep step`: goes through a run in plain lines, forwards, backwards, and another way. */
import { createInterface } from 'node:readline';
import { nameOf } from '../api/kind.ts';
import { makeKey } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import { parseCursor } from '../explain/cursor.ts';
import { changes } from '../explain/diff.ts';
import { entryOf } from '../explain/entryof.ts';
import { kindFrom } from '../explain/refs.ts';
import { sentence } from '../explain/sentence.ts';
import { isTold } from '../explain/story.ts';
import { causeLines, whyOf } from '../explain/why.ts';
import { forkAt } from '../replay/reexecute.ts';
import { History } from '../replay/restore.ts';
import { allFaults, describeMove, type Move } from '../sim/move.ts';
import { type Plan, planFor, Run } from '../sim/run.ts';
import { writeLog } from '../storage/file.ts';
import { version } from '../version.ts';
import type { Arguments, Command } from './command.ts';
import { stepRunning } from './control.ts';
import { changeLine } from './diff.ts';
import { looksLikeLog, open, readScenario } from './input.ts';
import { print, tell } from './output.ts';
import { isUp } from './remote.ts';

export const step: Command = {
  name: 'step',
  usage: '[SCENARIO|MANIFEST|LOG] [--at @N]',
  about:
    'Steps through a run: reads commands, a line each, from a terminal or a pipe (? lists them). Without a file, makes moves in the cluster that is up and paused.',
  example: 'kubestep step examples/deployment.yaml',
  flags: {
    at: { type: 'string', value: '@N', about: 'begin at this cursor (@0, or the end of a log)' },
    seed: { type: 'string', value: 'N', about: 'seed of names, ties and jitter (1)' },
    moves: { type: 'string', value: 'N', about: 'how many moves of the cluster that is up (1)' },
    plain: { type: 'boolean', about: 'lines only, for pipes and screen readers (the default)' },
  },
  run: stepCommand,
};

const help = `n, next [K]     the next step that is told      b, back [K]   the one before
p, pass         to the end of the next pass     s, settle     until it rests
@N              go to a cursor                  why [REF|#N]  causes
d, diff         what this step changed          get KIND      what is there now
c, choose [K]   list the enabled moves, or make the K-th happen
f, fault [K]    list the faults, or inject the K-th
save FILE       write the log                   q, quit`;

async function stepCommand(args: Arguments): Promise<number> {
  if (args.positionals.length === 0 && isUp()) return stepRunning(args.integer('moves', 1) ?? 1);
  const session = begin(args);
  session.show();
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    try {
      if (!session.obey(line.trim())) break;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      print(error.message);
    }
  }
  return 0;
}

function begin(args: Arguments): Session {
  const file = args.positionals[0];
  if (file !== undefined && looksLikeLog(file)) {
    const { history, plan } = open(file);
    const session = new Session(plan, history);
    session.cursor = args.text('at') === undefined ? 0 : parseCursor(args.text('at'), history);
    return session;
  }
  const seed = args.integer('seed');
  const plan = planFor(
    readScenario(file === undefined ? [] : [file], undefined),
    seed === undefined ? {} : { seed },
  );
  return new Session(plan, undefined);
}

class Session {
  cursor = 0;
  #run: Run | undefined;
  #history: History;
  readonly #plan: Plan | undefined;
  #branches = 0;

  constructor(plan: Plan | undefined, history: History | undefined) {
    this.#plan = plan === undefined ? undefined : withChoices(plan);
    this.#run = history === undefined && this.#plan !== undefined ? new Run(this.#plan) : undefined;
    this.#history = history ?? new History(this.#run!.simulation.log.entries);
    if (this.#run !== undefined) this.cursor = this.#history.length;
  }

  /** Does what a line says. False: it was the last. */
  obey(line: string): boolean {
    const [word = '', argument] = line.split(/\s+/);
    switch (word) {
      case 'q':
      case 'quit':
        return false;
      case '?':
      case 'help':
        print(help);
        break;
      case '':
      case 'n':
      case 'next':
        this.#forward(Number(argument ?? 1), isToldAt(this));
        break;
      case 'p':
      case 'pass':
        this.#forward(1, (n) => this.#history.at(n)?.type === 'reconciled');
        break;
      case 's':
      case 'settle':
        this.#settle();
        break;
      case 'b':
      case 'back':
        this.#backward(Number(argument ?? 1));
        break;
      case 'why':
      case 'w':
        this.#why(argument);
        break;
      case 'd':
      case 'diff':
        this.#diff();
        break;
      case 'get':
        this.#get(argument);
        break;
      case 'c':
      case 'choose':
        this.#choose(argument, false);
        break;
      case 'f':
      case 'fault':
        this.#choose(argument, true);
        break;
      case 'save':
        this.#save(argument);
        break;
      default:
        if (word.startsWith('@')) {
          this.cursor = parseCursor(word, this.#history);
          this.show();
        } else print(`unknown command ${JSON.stringify(word)}; ? lists them`);
    }
    return true;
  }

  toldAt(n: number): boolean {
    const entry = this.#history.at(n);
    return entry !== undefined && isTold(entry);
  }

  show(): void {
    const entry = this.#history.at(this.cursor);
    const time = (this.#history.timeAt(this.cursor) / 1000).toFixed(3);
    print(
      `step ${this.cursor} of ${this.#history.length}, time ${time} s${entry === undefined ? '' : `, ${entry.by}`}`,
    );
    if (entry === undefined) return print('the beginning: n goes on, ? lists what else');
    print(sentence(entry));
    if (entry.causes.length > 0) print(`why: ${entry.causes.map((n) => `#${n}`).join(' ')}`);
  }

  #forward(times: number, stop: (n: number) => boolean): void {
    for (let i = 0; i < times; i++) {
      for (;;) {
        if (this.cursor >= this.#history.length && !this.#extend()) {
          print('the end: nothing is left to do');
          return this.show();
        }
        this.cursor += 1;
        if (stop(this.cursor)) break;
      }
    }
    this.show();
  }

  /** Lets the run make moves until there is a new entry. */
  #extend(): boolean {
    const run = this.#run;
    if (run === undefined) return false;
    const before = run.simulation.log.length;
    for (let moves = 0; run.simulation.log.length === before; moves++) {
      const settled = moves > 0 && atRest(run);
      if (settled || !run.step()) return false;
    }
    this.#history = new History(run.simulation.log.entries);
    return true;
  }

  #settle(): void {
    const run = this.#run;
    if (run !== undefined && this.cursor >= this.#history.length) {
      run.finish();
      this.#history = new History(run.simulation.log.entries);
    }
    this.cursor = this.#history.length;
    this.show();
  }

  #backward(times: number): void {
    for (let i = 0; i < times; i++) {
      do this.cursor = Math.max(0, this.cursor - 1);
      while (this.cursor > 0 && !this.toldAt(this.cursor));
    }
    this.show();
  }

  #why(argument: string | undefined): void {
    const n =
      argument === undefined
        ? this.cursor
        : entryOf(argument, this.#history, this.cursor, undefined);
    const cause = whyOf(this.#history, n);
    if (cause === undefined) return print('nothing has happened yet');
    for (const line of causeLines(cause)) print(line);
  }

  #diff(): void {
    const entry = this.#history.at(this.cursor);
    if (entry?.type !== 'write') return print('this step changed no object');
    const found = changes(entry.before ?? {}, entry.after ?? {});
    const shown = found.filter(({ noise }) => !noise);
    for (const change of shown) print(changeLine(change));
    print(`${found.length - shown.length} fields that every write changes are not shown`);
  }

  #get(kind: string | undefined): void {
    if (kind === undefined) return print('get what? Give a kind, as pods');
    const view = this.#history.view(this.cursor);
    const objects = view.list(nameOf(kindFrom(kind, view)));
    for (const { metadata } of objects) print(makeKey(metadata.namespace, metadata.name));
    if (objects.length === 0) print('No resources found');
  }

  /** Lists the moves that are enabled here, or makes one happen; in the past, on a new branch. */
  #choose(argument: string | undefined, faults: boolean): void {
    const run = this.#runHere(argument !== undefined);
    if (run === undefined) return print('this log has no plan, so nothing else can be chosen');
    const all = run.simulation.moves(run.faults);
    const isFault = (move: Move) =>
      !['request', 'record', 'deliver', 'begin', 'user', 'clock'].includes(move.type) ||
      ('fault' in move && move.fault !== undefined);
    const moves = all.filter((move) => isFault(move) === faults);
    if (argument === undefined) {
      moves.forEach((move, i) => {
        print(`${String(i + 1).padStart(3)} ${describeMove(move)}`);
      });
      if (moves.length === 0) print('nothing is enabled');
      return;
    }
    const move = moves[Number(argument) - 1];
    if (move === undefined) return print(`choose 1 to ${moves.length}`);
    run.choose(all.indexOf(move) + 1);
    this.#run = run;
    this.#history = new History(run.simulation.log.entries);
    this.cursor = this.#history.length;
    this.show();
  }

  /** The live run at the cursor. `fork`: something will be done with it. */
  #runHere(fork: boolean): Run | undefined {
    if (this.#run !== undefined && this.cursor >= this.#history.length) return this.#run;
    if (this.#plan === undefined) return undefined;
    const run = forkAt(this.#plan, this.cursor);
    if (fork) {
      this.#branches += 1;
      print(
        `branch b${this.#branches} from @${run.simulation.log.length}; the past stays as it is`,
      );
    }
    return run;
  }

  #save(file: string | undefined): void {
    if (file === undefined) return print('save where? Give a file');
    const plan = this.#run?.planSoFar() ?? this.#plan;
    writeLog(file, this.#history.entries, version, plan);
    tell(`saved ${file}`);
  }
}

/** The same plan, open to any choice: calm is a list of choices that is empty. */
const withChoices = (plan: Plan): Plan =>
  plan.strategy.type === 'calm'
    ? { ...plan, strategy: { type: 'choices', list: [], faults: allFaults } }
    : plan;

const isToldAt = (session: Session) => (n: number) => session.toldAt(n);

/** Nothing is left but what lies beyond the horizon. */
function atRest({ simulation, plan }: Run): boolean {
  if (
    simulation.script.waits !== undefined ||
    simulation.moves().some(({ type }) => type !== 'clock')
  )
    return false;
  const next = simulation.timers.nextForeground;
  return next === undefined || next > simulation.lastActivity + plan.horizonMs;
}
