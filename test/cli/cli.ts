/** The command line as a user has it: bundled once, and run as a process of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import * as assert from 'uvu/assert';

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export const example = resolve('examples/deployment.yaml');

export class Cli {
  readonly directory = mkdtempSync(join(tmpdir(), 'kubestep-cli-'));
  readonly main = join(this.directory, 'main.mjs');

  constructor() {
    buildSync({
      entryPoints: ['src/cli/main.ts'],
      outfile: this.main,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
  }

  /** Runs in a directory of its own; `input` is what a pipe gives. */
  run(args: readonly string[], input = ''): Result {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.main, ...args], {
      cwd: this.directory,
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    assert.not.match(stderr, /^ +at .*:\d+:\d+\)?$/m, 'a stack trace');
    return { code: status, out: stdout, err: stderr };
  }

  /** Runs what must succeed. */
  ok(...args: readonly string[]): string {
    const { code, out, err } = this.run(args);
    assert.is(code, 0, `${args.join(' ')}: ${err}`);
    return out;
  }

  /** Runs what is a user's mistake: one line, exit code 2, nothing on stdout. */
  refused(...args: readonly string[]): string {
    const { code, out, err } = this.run(args);
    assert.is(code, 2, `${args.join(' ')}: ${err}${out.slice(0, 200)}`);
    assert.is(out, '', 'nothing on stdout');
    assert.match(err, /^kubestep: [^\n]+\n$/, 'one line');
    return err.trimEnd().slice('kubestep: '.length);
  }

  /** Writes a file into the directory. */
  file(name: string, content: string | Uint8Array): string {
    writeFileSync(join(this.directory, name), content);
    return name;
  }

  end(): void {
    rmSync(this.directory, { recursive: true });
  }
}
