/** What a user installs: the packed tarball, in an empty directory, with the library's three doors. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('package');
const directory = mkdtempSync(join(tmpdir(), 'kubestep-package-'));
test.after(() => rmSync(directory, { recursive: true }));

const run = (command: string, args: readonly string[], cwd = directory): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

let packed: Packed;

test.before(() => {
  // Packing builds, as it does for whoever publishes.
  run('npm', ['run', 'build', '--silent'], resolve('.'));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
  packed = (JSON.parse(run('npm', pack, resolve('.'))) as [Packed])[0];
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', packed.filename]);
});

test('holds what it needs and no more', () => {
  const paths = packed.files.map(({ path }) => path);
  for (const wanted of ['dist/bin/main.js', 'dist/src/index.d.ts', 'LICENSE', 'README.md']) {
    assert.ok(paths.includes(wanted), wanted);
  }
  for (const path of paths) assert.not.match(path, /^(src|test|bench|node_modules)\/|\.ci/);
  const installed = run('npm', ['ls', '--json']);
  assert.not.ok(existsSync(join(directory, 'node_modules/@kubernetes')), 'for tests only');
  assert.is(JSON.parse(installed).dependencies.kubestep.version, manifest.version);
});

test('in a clone, the first npx finds what was built and builds nothing', () => {
  // An empty cache, and no network: whatever npx would install or build fails.
  const env = { ...process.env, npm_config_cache: join(directory, 'no-cache') };
  const options = { cwd: resolve('.'), env, encoding: 'utf8' } as const;
  const printed = execFileSync('npx', ['--offline', 'kubestep', '--version'], options);
  assert.is(printed, `kubestep ${manifest.version}\n`);
});

test('the example of an operator is checked', () => {
  cpSync('examples/operator', join(directory, 'operator'), { recursive: true });
  assert.match(run('node', ['operator/check.mjs', '15']), /15 runs: none broken/);
});

test('npx kubestep runs in an empty directory', () => {
  copyFileSync('examples/deployment.yaml', join(directory, 'deployment.yaml'));
  assert.is(run('npx', ['kubestep', '--version']), `kubestep ${manifest.version}\n`);
  const story = run('npx', ['kubestep', 'run', 'deployment.yaml', '--log', 'run.jsonl.gz']);
  assert.match(story, /converged at 2\.65 s/);
  assert.match(run('npx', ['kubestep', 'replay', 'run.jsonl.gz', '--verify']), /no divergence/);
  const check = ['kubestep', 'check', 'deployment.yaml', '--runs', '20', '--workers', '2'];
  assert.match(run('npx', check), /none broken/);
});

test('the library, its machines and its properties can be imported', () => {
  const script = `
    import { planFor, Run, scenarioOf } from 'kubestep';
    import { podTable } from 'kubestep/machines';
    import { always, search } from 'kubestep/properties';
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] } };
    const run = new Run(planFor(scenarioOf([object], [{ name: 'n1' }])));
    run.finish();
    const pod = run.simulation.store.view().get('Pod', 'default/p');
    console.log([pod.status.phase, typeof podTable.next, always.length > 20, typeof search].join());
  `;
  writeFileSync(join(directory, 'use.mjs'), script);
  assert.is(run('node', ['use.mjs']), 'Running,function,true,function\n');
});

test('types come with it', () => {
  const source = `
    import { type Plan, planFor, scenarioOf } from 'kubestep';
    export const plan: Plan = planFor(scenarioOf([], []));
    // @ts-expect-error: a seed is a number
    export const wrong: Plan = { ...plan, seed: 'x' };
  `;
  writeFileSync(join(directory, 'use.ts'), source);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
  run(resolve('node_modules/.bin/tsc'), [
    ...options,
    '--types',
    'node',
    '--typeRoots',
    resolve('node_modules/@types'),
    'use.ts',
  ]);
});

test.run();
