/**
 * Runs the worked examples of a directory through the functions that take the decisions.
 *
 *     npm run cases -- [DIR] [-v]
 *
 * One line per file, and last `N passed, N failed`. A topic that is not known fails, every case.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deepEqual } from '../../src/api/equal.ts';
import { topics } from './topics/index.ts';

interface Case {
  readonly id: string;
  readonly input: unknown;
  readonly expected: unknown;
}

const verbose = process.argv.includes('-v');
const [directory = '../shared/cases'] = process.argv
  .slice(2)
  .filter((argument) => argument !== '-v');

if (!existsSync(directory) || !statSync(directory).isDirectory()) {
  console.error(`cases: ${directory} is no directory; give one with case files (*.json)`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
for (const file of readdirSync(directory)
  .filter((name) => name.endsWith('.json'))
  .sort()) {
  const name = basename(file, '.json');
  const cases = read(join(directory, file));
  if (cases === undefined) {
    failed += 1;
    console.log(`FAIL ${name.padEnd(28)} not a file of cases`);
    continue;
  }
  const wrong = cases.filter((one) => !holds(name, one));
  passed += cases.length - wrong.length;
  failed += wrong.length;
  const unknown = Object.hasOwn(topics, name) ? '' : '  (topic not known)';
  console.log(
    `${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(28)} ${cases.length - wrong.length}/${cases.length}${unknown}`,
  );
  if (verbose && unknown === '')
    for (const one of wrong) console.log(`       ${one.id}: ${told(name, one)}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function read(path: string): readonly Case[] | undefined {
  try {
    const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases?: readonly Case[] };
    return Array.isArray(cases) ? cases : undefined;
  } catch {
    return undefined;
  }
}

function holds(topic: string, { input, expected }: Case): boolean {
  try {
    return Object.hasOwn(topics, topic) && contains(topics[topic]!(input), expected);
  } catch {
    return false;
  }
}

/** Every field that is expected is there, with that value. */
function contains(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected))
    return deepEqual(actual, expected);
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(expected).every(([name, value]) =>
    deepEqual((actual as Record<string, unknown>)[name], value),
  );
}

function told(topic: string, { input, expected }: Case): string {
  try {
    return `expected ${JSON.stringify(expected)}, got ${JSON.stringify(topics[topic]!(input))}`;
  } catch (error) {
    return `expected ${JSON.stringify(expected)}, threw ${error}`;
  }
}
