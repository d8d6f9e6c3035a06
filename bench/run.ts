/**
 * Benchmarks, each as ratios measured in one run.
 *
 *     npm run bench -- [peers] [scale] [shapes] [limit] [replicasets] [log] [runs] [startup] [http] [openb] [-o json]
 *
 * Without names all of them run but `limit` and `replicasets`, which take minutes and some GB.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Figures, measure, measureWithin } from './harness.ts';

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
    const text = `1,000 Pods on 20 nodes: webernetes ${round(theirs['cpuSeconds'], 1)} s of CPU; a fresh process of ours ${round(ours['cpuSeconds'])} s, ${round(ratio, 0)} times less; a warm one ${round(ours['warmSeconds'])} s, ${round(warm, 0)} times less (bar: 500)`;
    const figures = {
      ours: ours['cpuSeconds']!,
      warm: ours['warmSeconds']!,
      theirs: theirs['cpuSeconds']!,
      ratio,
    };
    return { name: 'peers', text, figures };
  },
  scale() {
    const small = measure('scale.ts', 'deployment', '1500', '5000');
    const large = measure('scale.ts', 'deployment', '15000', '5000');
    return { name: 'scale', ...scaled(small, large) };
  },
  limit() {
    const small = measure('scale.ts', 'deployment', '1500', '5000');
    const large = measureWithin(3_500, 'scale.ts', 'deployment', '150000', '5000', '200000');
    return { name: 'limit', ...scaled(small, large) };
  },
  replicasets() {
    const small = measure('scale.ts', 'replicasets', '1500', '5000');
    const large = measureWithin(6_000, 'scale.ts', 'replicasets', '100000', '5000', '200000');
    return { name: 'replicasets', ...scaled(small, large) };
  },
  shapes() {
    const base = measure('scale.ts', 'deployment', '5000', '5000');
    const perPod = ({ cpuSeconds, pods }: Figures) => cpuSeconds! / pods!;
    const ratioOf = (shape: string, pods: string) =>
      perPod(measure('scale.ts', shape, pods, '5000')) / perPod(base);
    const figures = {
      podsPerSecond: 1 / perPod(base),
      rolloutRatio: ratioOf('rollout', '5000'),
      daemonsetRatio: ratioOf('daemonset', '5000'),
      replicasetsRatio: ratioOf('replicasets', '15000'),
    };
    const text = `time per Pod against that of a Deployment of 5,000 on 5,000 nodes (${round(figures.podsPerSecond, 0)} Pods a second): its rolling update ${round(figures.rolloutRatio)}, a DaemonSet of 5,000 ${round(figures.daemonsetRatio)}, 15,000 ReplicaSets of one ${round(figures.replicasetsRatio)}`;
    return { name: 'shapes', text, figures };
  },
  log() {
    const figures = measure('log.ts', '1000000');
    const text = `${figures['entries']} entries: restoring ${round(figures['ratio'])} times JSON.parse of their lines (bar: 1.5), ${round(figures['keptRatio'])} times where what is parsed is kept, seeking ${round(figures['seekMs'])} ms, one in twenty more than ${round(figures['slowSeekMs'])} (bar: 5), ${round(figures['appendsPerSecond'], 0)} appended a second (bar: 100,000), ${round(figures['appendsPerCpuSecond'], 0)} a second of CPU, verifying ${round(figures['verifyRatio'])} times playing`;
    return { name: 'log', text, figures };
  },
  runs() {
    const [none, safety, all] = ['none', 'safety', 'all'].map((set) =>
      measure('convergence.ts', '1000', set),
    );
    const told = ({ rules, msPerRun, runsPerSecond, stepsPerSecond }: Figures) =>
      `${round(msPerRun)} ms with ${rules} rules (${round(runsPerSecond, 0)} a second, ${round(stepsPerSecond, 0)} steps a second)`;
    const text = `a convergence run of ${round(all!['entriesPerRun'], 0)} entries: ${[none!, safety!, all!].map(told).join(', ')} (bar: 0.5 ms with all)`;
    const figures = {
      none: none!['msPerRun']!,
      safety: safety!['msPerRun']!,
      all: all!['msPerRun']!,
      rulesRatio: all!['msPerRun']! / none!['msPerRun']!,
      stepsPerSecond: all!['stepsPerSecond']!,
    };
    return { name: 'runs', text, figures };
  },
  startup() {
    if (!existsSync('dist/bin/main.js')) {
      console.error('startup  SKIPPED: dist is not there; npm run build makes it');
      return undefined;
    }
    const figures = measure('startup.ts');
    const text = `--help ${round(figures['helpSeconds'], 3)} s (bar: 0.12), ${round(figures['ratio'])} times node itself; run examples/deployment.yaml ${round(figures['runSeconds'], 3)} s (bar: 0.35)`;
    return { name: 'startup', text, figures };
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

/** The time per Pod of a large cluster against that of a small one, on as many nodes. */
function scaled(small: Figures, large: Figures): Pick<Line, 'text' | 'figures'> {
  const perPod = ({ cpuSeconds, pods }: Figures) => cpuSeconds! / pods!;
  const ratio = perPod(large) / perPod(small);
  const podsPerSecond = 1 / perPod(large);
  const { pods, nodes, peakGb } = large;
  const text = `${pods} Pods on ${nodes} nodes: ${round(podsPerSecond, 0)} a second (bar: 5,000), ${round(ratio)} times the time per Pod of ${small['pods']} (bar: 1.3), ${round(peakGb)} GB (bar: 4)`;
  return { text, figures: { ratio, podsPerSecond, peakGb: peakGb! } };
}

/** Only on request. */
const heavy = ['limit', 'replicasets'];

const names = process.argv
  .slice(2)
  .join(' ')
  .replace(/-o json/, '')
  .split(' ')
  .filter(Boolean);
const unknown = names.find((name) => !(name in benchmarks));
if (unknown !== undefined) {
  console.error(
    `bench: ${unknown}: expected some of ${Object.keys(benchmarks).join(', ')}, and -o json`,
  );
  process.exit(2);
}
const json = process.argv.includes('json');
const light = Object.keys(benchmarks).filter((name) => !heavy.includes(name));
for (const name of names.length > 0 ? names : light) {
  const line = benchmarks[name]!();
  if (line !== undefined)
    console.log(json ? JSON.stringify(line) : `${line.name.padEnd(11)} ${line.text}`);
}
