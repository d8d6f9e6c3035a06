/** Tells which changes no lifecycle machine accepts. */
import { findingSentence } from '../explain/sentence.ts';
import type { Finding } from '../log/entry.ts';
import { print, style } from './output.ts';

const most = 5;

export function tellFindings(findings: readonly Finding[]): void {
  for (const finding of findings.slice(0, most)) {
    print(style('yellow', `finding at #${finding.n}: ${findingSentence(finding)}`));
  }
  if (findings.length > most) print(`  and ${findings.length - most} more findings`);
}
