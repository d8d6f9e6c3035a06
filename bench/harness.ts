/** Runs a script in a process of its own, bundled, and reads the figures that it prints. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

export type Figures = Readonly<Record<string, number>>;

/** CPU seconds and whatever else the script prints as one line of JSON. */
export function measure(script: string, ...args: readonly string[]): Figures {
  // Large clusters need more memory than Node takes by itself.
  return measureWithin(8_000, script, ...args);
}

/** The same with a heap of so many MB at most: V8 lets garbage lie as long as there is room. */
export function measureWithin(heapMb: number, script: string, ...args: readonly string[]): Figures {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const outfile = join(directory, 'bench.mjs');
    buildSync({
      entryPoints: [resolve('bench', script)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      banner: {
        js: "import { createRequire as __c } from 'node:module'; const require = __c(import.meta.url);",
      },
    });
    const heap = `--max-old-space-size=${heapMb}`;
    const text = execFileSync(process.execPath, [heap, outfile, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    return JSON.parse(text.trim().split('\n').at(-1)!) as Figures;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** CPU seconds of this process since `since`. */
export function cpuSeconds(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}
