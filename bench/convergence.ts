/** Convergence runs: 3 nodes, 3 replicas, an image change, a scale, two faults, all rules on. */
import { always, eventually } from '../properties/index.ts';
import { search } from '../properties/search.ts';
import { worlds } from '../properties/worlds.ts';
import { cpuSeconds } from './harness.ts';

const runs = Number(process.argv[2] ?? 3000);
search(worlds, { runs: 300, seed: 1 });
const since = process.cpuUsage();
const found = search(worlds, { runs, seed: 2 });
if (found !== undefined) throw new Error(`[${found.broken.id}] ${found.broken.problem}`);
const msPerRun = (cpuSeconds(since) * 1000) / runs;
console.log(JSON.stringify({ runs, rules: always.length + eventually.length, msPerRun }));
