/** Rules about the code itself. A rule that is not checked here is a wish. */
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('tidy');

/** Which top-level folders each folder may import from. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  machines: ['machines'],
  src: ['machines', 'src'],
  properties: ['machines', 'src', 'properties'],
  test: ['machines', 'src', 'properties', 'test'],
  bench: ['machines', 'src', 'properties', 'bench'],
};

/** The command line runs the properties: it is the one place in src that looks up. */
const exceptions = /^src\/cli\/(check|campaign\/\w+)\.ts$/;

/** Which packages each folder may import. */
const packages: Readonly<Record<string, RegExp>> = {
  machines: /^xstate$/,
  src: /^(xstate|rxjs|yaml|ws|reflect-metadata|@peculiar\/x509|@noble\/hashes\/\w+\.js|node:\w+)$/,
  properties: /^fast-check$/,
  test: /^(kubestep(\/\w+)?|uvu|uvu\/assert|fast-check|xstate|rxjs|esbuild|yaml|ws|croner|@kubernetes\/client-node|node:[\w/]+)$/,
  bench: /^(esbuild|fast-check|@ngrok\/webernetes|node:[\w/]+)$/,
};

/** Folders of src that run unchanged in a browser. */
const core = /^src\/(api|log|store|apiserver|sim|controllers|scheduler|kubelet|replay|explain)\//;

/** Folders of src that touch files, terminals and networks. */
const edges = /^src\/(http|storage|record|cli|tui|web)\//;

const nondeterminism =
  /\b(Date\.now|new Date|Math\.random|setTimeout|setInterval|performance|randomUUID|globalThis|await|async)\b|\bprocess\.(env|argv|hrtime|nextTick|exit|pid|std\w+)/;

const allowed = /tidy: allow/;

/** Files that are started, and not imported. */
const entryPoints =
  /^(src\/index\.ts|src\/cli\/(main|run|step|replay|check|merge|why|get|describe|history|diff|up)\.ts|machines\/index\.ts|properties\/index\.ts)$/;

const linesMax = 400;

interface Source {
  readonly folder: string;
  readonly path: string;
  readonly text: string;
}

const files: readonly Source[] = Object.keys(mayImport).flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`)
    .filter((path) => !/^src\/(api|http)\/data\//.test(path))
    .map((path) => ({ folder, path, text: readFileSync(path, 'utf8') })),
);

const specifiers = (text: string): readonly string[] =>
  [...text.matchAll(/(?: from |import\()'([^']+)'/g)].map(([, name]) => name!);

const resolved = (path: string, name: string): string =>
  new URL(name, `file:///${path}`).pathname.slice(1);

test('imports only point down: machines, src, properties, test', () => {
  for (const { folder, path, text } of files) {
    for (const name of specifiers(text)) {
      if (!name.startsWith('.')) assert.match(name, packages[folder]!, `${path} imports ${name}`);
      else if (!exceptions.test(path)) {
        const target = resolved(path, name).split('/')[0]!;
        assert.ok(mayImport[folder]!.includes(target), `${path} imports ${name}`);
      }
    }
  }
});

test('the core imports neither Node nor an edge', () => {
  for (const { path, text } of files.filter((file) => core.test(file.path))) {
    for (const name of specifiers(text)) {
      assert.not.match(name, /^node:/, `${path} imports ${name}`);
      if (name.startsWith('.'))
        assert.not.match(resolved(path, name), edges, `${path} imports ${name}`);
    }
  }
});

test('nothing but the log, the schedule and the seed decides what happens', () => {
  for (const { path, text } of files) {
    if (!core.test(path) && !path.startsWith('machines/') && !path.startsWith('properties/'))
      continue;
    const lines = text.split('\n');
    lines.forEach((line, i) => {
      if (/^\s*(\*|\/\/|\/\*\*)/.test(line) || allowed.test(lines[i - 1] ?? '')) return;
      const code = line.replace(/'[^']*'|`[^`]*`|\/\/.*$/g, '');
      assert.not.match(code, nondeterminism, `${path}:${i + 1}`);
    });
  }
});

test('every file opens by saying what it is for', () => {
  for (const { path, text } of files) assert.match(text, /^(#!.*\n)?\/\*\*\s/, path);
});

test('machines keep no time and start no actors', () => {
  for (const { folder, path, text } of files) {
    if (folder === 'machines') assert.not.match(text, /\b(after|invoke|spawnChild|delay):/, path);
  }
});

test('every test file runs its suite', () => {
  for (const { path, text } of files) {
    if (path.endsWith('.test.ts')) assert.match(text, /\.run\(\);\n$/, path);
  }
});

test('no file is longer than it can say why', () => {
  for (const { path, text } of files) {
    const lines = text.split('\n').length;
    assert.ok(
      lines <= linesMax || /long because/.test(text.slice(0, 900)),
      `${path} has ${lines} lines`,
    );
  }
});

test('no promise is left in the code', () => {
  const promises = new RegExp(
    `\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['XX', 'X'].join('')})\\b`,
  );
  for (const { path, text } of files) assert.not.match(text, promises, path);
});

test('every source file is imported by another, or is started', () => {
  const imported = new Set(
    files.flatMap(({ path, text }) =>
      specifiers(text)
        .filter((name) => name.startsWith('.'))
        .map((name) => resolved(path, name)),
    ),
  );
  for (const { folder, path } of files) {
    if (folder === 'test' || folder === 'bench' || entryPoints.test(path)) continue;
    assert.ok(imported.has(path), `${path} is dead`);
  }
});

test.run();
