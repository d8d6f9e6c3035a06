/** Tells what came of a campaign, to people or to programs. */
import { writeAtomically } from '../../storage/file.ts';
import { type Arguments, type Flag, oneOf } from '../command.ts';
import { print, style } from '../output.ts';
import type { Report } from './report.ts';

export const reportFlags = {
  report: { type: 'string', value: 'FILE', about: 'write the report, as JSON' },
  output: { type: 'string', short: 'o', value: 'FORMAT', about: 'text, or json: the report' },
} as const satisfies Readonly<Record<string, Flag>>;

/** Prints and writes a report as flags say. `next` follows a finding. Returns the exit code. */
export function tellReport(args: Arguments, report: Report, next: string): number {
  const line = `${JSON.stringify(report)}\n`;
  const file = args.text('report');
  if (file !== undefined) writeAtomically(file, line);
  if (formatOf(args) === 'json') print(line);
  else tell(report, next);
  return report.found === undefined ? 0 : 1;
}

/** Pods that a finding tells of. */
const mostPods = 3;

export const formatOf = (args: Arguments) => oneOf(args.text('output'), '-o', ['text', 'json']);

function tell(report: Report, next: string): void {
  const { found, seed, shard, known, witnessed, passed, toWitness, what, rules } = report;
  const part = shard.of === 1 ? '' : ` (shard ${shard.index}/${shard.of})`;
  if (found === undefined) {
    for (const [defect, runs] of Object.entries(known)) {
      print(style('yellow', `known defect of Kubernetes, met in ${runs.length} runs: ${defect}`));
    }
    if (what === '') {
      const count = Object.keys(witnessed).length;
      print(style('dim', `witnessed ${count} of ${toWitness} rules that some run should`));
    }
    print(style('green', `✓ ${passed} runs${part}, ${rules} rules, seed ${seed}: none broken`));
    return;
  }
  const { run, id, claim, problem, n, numbers, shrunkFrom, story, unready = [] } = found;
  print(
    style('red', `✗ [${id}] ${claim}`) +
      `  after ${run} runs${part}, shrunk ${shrunkFrom} → ${numbers.length}  seed ${seed}`,
  );
  story.forEach(({ t, text }, i) => {
    print(`  ${i + 1}  t=${(t / 1000).toFixed(0)}s  ${text}`);
  });
  print(`  @${n}  ${problem}`);
  for (const pod of unready.slice(0, mostPods)) print(`      ${pod}`);
  if (unready.length > mostPods) print(`      and ${unready.length - mostPods} more Pods`);
  print(`  ${next}`);
}

/** The command that plays the run which found it, and saves its log. */
export const commandOf = ({ what, seed, found, runs }: Report): string =>
  `kubestep check ${what === '' ? '' : `${what} `}--runs ${runs} --seed ${seed} --run ${found?.run}`;
