/** Whole processes, from their start to their end, against one of Node that does nothing. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const rounds = Number(process.argv[2] ?? 10);
const main = resolve('dist/bin/main.js');
if (!existsSync(main)) throw new Error(`${main} is not there; npm run build makes it`);

/** Least time, in seconds: what others do at the same time only adds to it. */
function least(...args: readonly string[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const since = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    best = Math.min(best, (performance.now() - since) / 1000);
  }
  return best;
}

const nodeSeconds = least('-e', '0');
const helpSeconds = least(main, '--help');
const runSeconds = least(main, 'run', 'examples/deployment.yaml');
const ratio = helpSeconds / nodeSeconds;
console.log(JSON.stringify({ nodeSeconds, helpSeconds, runSeconds, ratio }));
