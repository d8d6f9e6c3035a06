/**
 * Benchmarks, each as ratios measured in one run.
 *
 *     npm run bench -- [peers] [scale] [log] [runs] [http] [openb] [-o json]
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Figures, measure } from './harness.ts';

interface Line {
  readonly name: string;
  readonly text: string;
  readonly figures: Figures;
}

const round = (value: number | undefined, digits = 2): string =>
  (value ?? Number.NaN).toFixed(digits);

/** Production nodes and Pods that are not part of the package. */
const trace = resolve('../shared/recordings/openb/csv');

const benchmarks: Readonly<Record<string, () => Line | undefined>> = {
  peers() {
    const ours = measure('ours.ts', '1000', '20', '10');
    const theirs = measure('peer.mjs', '1000', '20');
    const ratio = theirs['cpuSeconds']! / ours['cpuSeconds']!;
    const warm = theirs['cpuSeconds']! / ours['warmSeconds']!;
    const text = `1,000 Pods on 20 nodes: webernetes ${round(theirs['cpuSeconds'], 1)} s of CPU; a fresh process of ours ${round(ours['cpuSeconds'])} s, ${round(ratio, 0)} times less; a warm one ${round(ours['warmSeconds'])} s, ${round(warm, 0)} times less (bar: 200)`;
    const figures = {
      ours: ours['cpuSeconds']!,
      warm: ours['warmSeconds']!,
      theirs: theirs['cpuSeconds']!,
      ratio,
    };
    return { name: 'peers', text, figures };
  },
  scale() {
    const small = measure('ours.ts', '1000', '20');
    const large = measure('ours.ts', '10000', '200');
    const ratio = large['cpuSeconds']! / 10 / small['cpuSeconds']!;
    const text = `time per Pod at 10,000 Pods: ${round(ratio)} times that at 1,000 (bar: 1.3)`;
    return {
      name: 'scale',
      text,
      figures: { small: small['cpuSeconds']!, large: large['cpuSeconds']!, ratio },
    };
  },
  log() {
    const figures = measure('restore.ts');
    const text = `restoring ${figures['entries']} entries: ${round(figures['ratio'])} times JSON.parse of their lines (bar: 2)`;
    return { name: 'log', text, figures };
  },
  runs() {
    const figures = measure('convergence.ts');
    const text = `a convergence run with ${figures['rules']} rules: ${round(figures['msPerRun'])} ms of CPU, ${round(figures['entriesPerRun'], 0)} log entries (bar: 2)`;
    return { name: 'runs', text, figures };
  },
  http() {
    const figures = measure('http.ts');
    const told = (name: string) => `${round(figures[name], 0)} (${round(figures[`${name}Ratio`])})`;
    const text = `a second, and against bare node:http: creates ${told('creates')}, gets ${told('gets')}, lists of 2,000 ${told('lists')}, watch events to 10 watchers ${told('events')}`;
    return { name: 'http', text, figures };
  },
  openb() {
    if (!existsSync(trace)) {
      console.error(`openb  SKIPPED: ${trace} is not there`);
      return undefined;
    }
    const figures = measure('openb.ts', trace);
    const { nodes, pods, unscheduled, cpuSeconds } = figures;
    const perPod = (cpuSeconds! * 1000) / pods!;
    const text = `${pods} Pods of a production trace on ${nodes} nodes: ${unscheduled} unscheduled, ${round(cpuSeconds, 1)} s of CPU, ${round(perPod)} ms per Pod (bar: 60 s)`;
    return { name: 'openb', text, figures };
  },
};

const json = process.argv.includes('json');
const chosen = process.argv.slice(2).filter((name) => name in benchmarks);
for (const name of chosen.length > 0 ? chosen : Object.keys(benchmarks)) {
  const line = benchmarks[name]!();
  if (line !== undefined)
    console.log(json ? JSON.stringify(line) : `${line.name.padEnd(6)} ${line.text}`);
}
