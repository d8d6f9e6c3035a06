/** Mistakes of users: one clear line, exit code 2, nothing lost, never a stack trace. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../src/errors.ts';
import { decodeLog } from '../../src/log/codec.ts';
import { History } from '../../src/replay/restore.ts';
import { Cli, example } from './cli.ts';

const test = suite('bad input');
const cli = new Cli();
test.after(() => cli.end());

const manifest = readFileSync(example, 'utf8');
const changed = (from: string, to: string): string => {
  assert.ok(manifest.includes(from), from);
  return cli.file('changed.yaml', manifest.replace(from, to));
};

test('places that hold no manifests say what to do', () => {
  mkdirSync(join(cli.directory, 'empty'));
  assert.match(cli.refused('run', 'empty'), /^empty: no \.yaml, \.yml or \.json file/);
  mkdirSync(join(cli.directory, 'overlay'));
  cli.file('overlay/kustomization.yaml', 'resources: []');
  assert.match(cli.refused('run', 'overlay'), /kubectl kustomize overlay \| kubestep run -/);
  assert.match(cli.refused('run', 'https://k8s.io/x.yaml'), /curl -sL … \| kubestep run -/);
});

test('manifests: the line, what was found, and what was meant', () => {
  const cases = [
    ['replicas: 3', 'replcas: 3', ':9: spec.replcas: unknown field; did you mean replicas?'],
    ['image: nginx', 'imagee: nginx', ':20: spec.template.spec.containers[0].imagee: unknown'],
    ['replicas: 3', 'replicas: three', ':9: spec.replicas: expected a whole number'],
    ['replicas: 3', 'replicas: 99999999999', ':9: spec.replicas: expected a whole number'],
    ['replicas: 3', 'replicas: 2000000000', ':9: spec.replicas: expected at most 150000'],
    ['replicas: 3', 'replicas: -1', ':9: Deployment.apps "nginx-deployment" is invalid: spec.r'],
    ['apps/v1', 'apps/v1beta1', ':2: no matches for kind "Deployment" in version "apps/v1beta1"'],
    ['kind: Deployment', 'kind: Deploymnt', 'did you mean apps/v1/Deployment?'],
    ['kind: Deployment', 'kinds: Deployment', ':1:1: kind is not set'],
    ['matchLabels:', 'matchLabels: [', 'expected YAML'],
    ['containers:', 'containers: {}\n      x:', ': spec.template.spec.containers: expected a list'],
  ] as const;
  for (const [from, to, message] of cases) {
    const told = cli.refused('run', changed(from, to));
    assert.match(told, /^changed\.yaml:/);
    assert.ok(told.includes(message), `${told}\n  has not: ${message}`);
  }
});

test('files that are not there, not readable, or nothing', () => {
  assert.match(cli.refused('run', 'nowhere.yaml'), /^nowhere\.yaml: no such file/);
  mkdirSync(join(cli.directory, 'folder.jsonl'));
  assert.match(cli.refused('get', 'pods', '-f', 'folder.jsonl'), /cannot be read/);
  assert.match(cli.refused('run', cli.file('empty.yaml', '')), /no objects in it/);
  assert.match(cli.refused('run', cli.file('noise.yaml', new Uint8Array(999).fill(7))), /noise/);
  assert.match(cli.refused('run'), /no file given/);
  assert.match(cli.refused('get', 'pods', '-f', cli.file('z.jsonl', '')), /z\.jsonl:1: empty/);
});

test('what is answered but not stored is left out loudly, and is an error alone', () => {
  const review =
    'apiVersion: authentication.k8s.io/v1\nkind: TokenReview\nmetadata: {name: s}\nspec: {}\n';
  assert.match(cli.refused('run', cli.file('s.yaml', review)), /not stored: TokenReview/);
  const both = cli.file('both.yaml', `${review}---\n${manifest}`);
  const { code, err } = cli.run(['run', both]);
  assert.is(code, 0);
  assert.match(err, /both\.yaml: not stored: TokenReview; left out/);
});

test('kinds on which nothing acts yet are stored, and that is told', () => {
  const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
`;
  const { code, err } = cli.run(['run', cli.file('ingress.yaml', ingress)]);
  assert.is(code, 0);
  assert.match(err, /ingress\.yaml: stored, but nothing acts on it yet: Ingress/);
});

test('scenarios: the step and the field', () => {
  const told = (text: string) => cli.refused('run', cli.file('s.yaml', text));
  assert.match(told('steps:\n- setle\n'), /steps\[0\]: unknown step "setle"; did you mean settle/);
  assert.match(told('steps:\n- wait: soon\n'), /"soon" is no duration/);
  assert.match(told('stepz: []\n'), /stepz|apiVersion/);
  assert.match(told('nodes: 3\nsteps: []\n'), /nodes must be a list/);
});

test('flags and commands: the nearest name', () => {
  assert.match(cli.refused('runn'), /unknown command "runn"; did you mean run\?/);
  assert.match(cli.refused('run', '--sed', '1'), /unknown flag --sed; did you mean --seed\?/);
  assert.match(cli.refused('run', example, '--seed', '-1'), /--seed/);
  assert.match(cli.refused('run', example, '--nodes', 'x'), /expected a whole number/);
  assert.match(cli.refused('run', example, '-o', 'yml'), /-o yml: expected story or json/);
  assert.match(cli.refused('run', example, '--until', 'x'), /"x" is no duration/);
  assert.match(cli.refused('get', 'podz', '-f', example), /did you mean pods?/);
  assert.match(cli.refused('get', 'pods', '-f', example, '--at', '@9999'), /the log ends at @\d+/);
  assert.match(cli.refused('why', 'pod/none', '-f', example), /no Pod default\/none/);
});

test('a log that cannot be written leaves nothing behind', () => {
  cli.file('taken', 'x');
  const { code, err } = cli.run(['run', example, '-o', 'none', '--log', 'taken/run.jsonl']);
  assert.is(code, 2);
  assert.match(err, /taken\/run\.jsonl: cannot be written/);
  assert.is(readFileSync(join(cli.directory, 'taken'), 'utf8'), 'x');
  assert.not(existsSync(join(cli.directory, 'run.jsonl')));
});

test('logs: damaged, truncated, foreign, of another format', () => {
  cli.ok('run', example, '-o', 'none', '--log', 'good.jsonl');
  const lines = readFileSync(join(cli.directory, 'good.jsonl'), 'utf8').split('\n');
  const told = (name: string, content: string | Uint8Array) =>
    cli.refused('replay', cli.file(name, content));
  const without = lines.filter((_, i) => i !== 20).join('\n');
  assert.match(told('d.jsonl', without), /^d\.jsonl:21: expected entry 20; the file is damaged/);
  assert.match(told('f.jsonl', '{"kind":"Event","apiVersion":"audit.k8s.io/v1"}\n'), /audit log/);
  assert.match(told('v.jsonl', lines[0]!.replace('"version":1', '"version":9')), /version 9/);
  const zipped = gzipSync(lines.join('\n'));
  assert.match(told('z.jsonl.gz', zipped.subarray(0, zipped.length / 2)), /cannot be read/);
  const plan = lines[0]!.replace('"type":"apply"', '"type":"apple"');
  assert.match(
    told('p.jsonl', [plan, ...lines.slice(1)].join('\n')),
    /plan in its head is damaged/,
  );
});

test('a torn last line is left out, and said so', () => {
  cli.ok('run', example, '-o', 'none', '--log', 'good.jsonl');
  const text = readFileSync(join(cli.directory, 'good.jsonl'), 'utf8');
  const torn = cli.file('torn.jsonl', text.slice(0, -20));
  const { code, out, err } = cli.run(['replay', torn, '--verify']);
  assert.is(code, 0, err);
  assert.match(err, /the last line was cut off and is left out/);
  assert.match(out, /the run goes on for 1 entries/);
});

test('whatever a log is changed to, it is read or refused in one line', () => {
  cli.ok('run', example, '-o', 'none', '--log', 'good.jsonl');
  const text = readFileSync(join(cli.directory, 'good.jsonl'), 'utf8');
  const place = fc.nat({ max: text.length - 1 });
  const piece = fc.oneof(fc.constantFrom('', '"', '{', 'null', '[]', '0', '{}'), fc.string());
  const judge = fc.property(place, fc.nat({ max: 40 }), piece, (at, length, inserted) => {
    const damaged = text.slice(0, at) + inserted + text.slice(at + length);
    try {
      new History(decodeLog(damaged, 'x.jsonl').entries).view();
    } catch (error) {
      assert.instance(error, UsageError);
      assert.not.match((error as Error).message, /\n/);
    }
  });
  fc.assert(judge, { numRuns: 400, seed: 5, includeErrorInReport: true });
  fc.assert(judge, { numRuns: 100, includeErrorInReport: true });
});

test('a hundred thousand documents are read one by one', () => {
  const one =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: pNNN}\nspec: {containers: [{name: c, image: i}]}\n';
  const many = Array.from({ length: 100_000 }, (_, i) => one.replace('NNN', String(i)));
  many[99_999] = one.replace('image:', 'imag:');
  const file = cli.file('many.yaml', many.join('---\n'));
  assert.match(
    cli.refused('run', file),
    /^many\.yaml:499999: spec\.containers\[0\]\.imag: unknown/,
  );
});

test.run();
