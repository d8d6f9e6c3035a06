/** `kubestep replay`: tells a log's story, or plays it again and compares. */
import { UsageError } from '../errors.ts';
import { parseCursor } from '../explain/cursor.ts';
import { changes } from '../explain/diff.ts';
import { sentence } from '../explain/sentence.ts';
import { story } from '../explain/story.ts';
import type { Entry } from '../log/entry.ts';
import { reexecute } from '../replay/reexecute.ts';
import { Lifecycles } from '../sim/lifecycles.ts';
import type { Arguments, Command } from './command.ts';
import { changeLine } from './diff.ts';
import { tellFindings } from './findings.ts';
import { open } from './input.ts';
import { print, style } from './output.ts';

export const replay: Command = {
  name: 'replay',
  usage: 'LOG [--verify] [--to @N]',
  about: 'Tells the story of a log; with --verify plays it again and reports the first difference.',
  example: 'kubestep replay run.jsonl.gz --verify',
  flags: {
    verify: {
      type: 'boolean',
      about: 'play it again through the controllers and compare every entry',
    },
    to: { type: 'string', value: '@N', about: 'stop at a cursor' },
  },
  run: replayCommand,
};

function replayCommand(args: Arguments): number {
  const { history, plan } = open(args.positionals[0]);
  const to = parseCursor(args.text('to'), history);
  if (!args.has('verify')) {
    const { lines, hidden } = story(history.entries.slice(0, to));
    for (const { text } of lines) print(text);
    const lifecycles = new Lifecycles();
    for (const entry of history.entries.slice(0, to)) {
      if (entry.type === 'write') lifecycles.observe(entry);
    }
    tellFindings(lifecycles.findings);
    print(style('dim', `@${to} of @${history.length}; ${hidden} entries not told`));
    return 0;
  }
  if (plan === undefined) {
    throw new UsageError(
      `${args.positionals[0]}: no plan in its header, so it cannot be played again`,
    );
  }
  const verdict = reexecute(plan, history.entries);
  if (verdict.same) {
    print(style('green', `verified: ${verdict.entries} entries, no divergence`));
    if (verdict.more > 0) print(`the log ends here; the run goes on for ${verdict.more} entries`);
    return 0;
  }
  print(style('red', `diverges at #${verdict.n}`));
  print(`  recorded: ${told(verdict.recorded)}`);
  print(`  played:   ${told(verdict.played)}`);
  for (const change of changes(verdict.recorded ?? {}, verdict.played ?? {}).slice(0, changesMax))
    print(changeLine(change));
  return 1;
}

/** Changes of the first entry that differs that are shown. */
const changesMax = 8;

const told = (entry: Entry | undefined): string =>
  entry === undefined ? 'nothing' : sentence(entry);
