/**
 * Benchmarks, each as ratios measured in one run.
 *
 *     npm run bench -- [peers] [scale] [log] [runs] [-o json]
 */
import { type Figures, measure } from './harness.ts';

interface Line {
  readonly name: string;
  readonly text: string;
  readonly figures: Figures;
}

const round = (value: number | undefined, digits = 2): string =>
  (value ?? Number.NaN).toFixed(digits);

const benchmarks: Readonly<Record<string, () => Line>> = {
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
};

const json = process.argv.includes('json');
const chosen = process.argv.slice(2).filter((name) => name in benchmarks);
for (const name of chosen.length > 0 ? chosen : Object.keys(benchmarks)) {
  const line = benchmarks[name]!();
  console.log(json ? JSON.stringify(line) : `${line.name.padEnd(6)} ${line.text}`);
}
