/** `kubestep merge`: joins the reports of a campaign that was divided over machines. */
import { readText } from '../storage/file.ts';
import { reportFlags } from './campaign/tell.ts';
import type { Arguments, Command } from './command.ts';

export const merge: Command = {
  name: 'merge',
  usage: 'REPORT…',
  about:
    'Joins the reports of all shards of a campaign into the report that one machine would have written.',
  example: 'kubestep merge shard-*.json',
  flags: reportFlags,
  run: mergeCommand,
};

async function mergeCommand(args: Arguments): Promise<number> {
  const { merged, readReports } = await import('./campaign/report.ts');
  const { commandOf, tellReport } = await import('./campaign/tell.ts');
  const report = merged(args.positionals.flatMap((file) => readReports(readText(file), file)));
  return tellReport(args, report, commandOf(report));
}
