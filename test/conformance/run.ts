/**
 * Runs the wire checks against clusters of ours: one that lives, and one that is paused for what holds only
 * while no controller touches anything.
 *
 *     npm run conformance -- [DIR] [ID…]
 *
 * DIR has cases.json, cases-recorded.json and their runner.py. The last line is `N passed, N failed`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const positionals = process.argv.slice(2);
const [directory = '../shared/tools/conformance'] = positionals.filter((one) => one.includes('/'));
const chosen = positionals.filter((one) => !one.includes('/'));

if (!existsSync(join(directory, 'runner.py'))) {
  console.error(`conformance: ${directory} has no runner.py; give the directory of the checks`);
  process.exit(2);
}

interface Check {
  readonly id: string | number;
  readonly tags?: readonly string[];
}

interface Running {
  readonly url: string;
  readonly token: string;
  readonly kubeconfig: string;
  stop(): void;
}

const home = mkdtempSync(join(tmpdir(), 'conformance-'));

function up(...flags: readonly string[]): Promise<Running> {
  const kubeconfig = join(home, `kubeconfig${flags.join('')}`);
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      'src/cli/main.ts',
      'up',
      '--port',
      '0',
      '--kubeconfig',
      kubeconfig,
      '--user',
      'alice=usertoken',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('exit', (code) => reject(new Error(`up ended with ${code}`)));
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      if (!text.includes('export KUBECONFIG')) return;
      const url = /^\S+/.exec(text)![0];
      const token = /token: (\S+)/.exec(readFileSync(kubeconfig, 'utf8'))![1]!;
      child.removeAllListeners('exit');
      resolve({ url, token, kubeconfig, stop: () => child.kill('SIGINT') });
    });
  });
}

function kubectlPath(): string | undefined {
  if (process.env['KUBECTL'] !== undefined) return process.env['KUBECTL'];
  try {
    return execFileSync('which', ['kubectl'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

const kubectl = kubectlPath();
if (kubectl === undefined) {
  console.log('SKIPPED: no kubectl on PATH and none in KUBECTL: its checks fail below');
}

let passed = 0;
let failed = 0;

async function runChecks(file: string, running: Running, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { url, token, kubeconfig } = running;
  const hook = `curl -sk -X POST -H "Authorization: Bearer ${token}" "${url}/kubestep/compact?revision={rev}"`;
  const args = [
    join(directory, 'runner.py'),
    '--base',
    url,
    '--token',
    token,
    '--cases',
    join(directory, file),
    ...(kubectl === undefined ? [] : ['--kubectl', kubectl, '--kubeconfig', kubeconfig]),
    '--compact',
    hook,
    '--expire',
    hook,
    ...ids,
  ];
  const output = await new Promise<string>((resolve) => {
    const child = spawn('python3', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
    });
    child.stderr.on('data', (part: Buffer) => {
      text += part.toString();
    });
    child.on('exit', () => resolve(text));
  });
  process.stdout.write(output.replace(/^ok .*\n/gm, ''));
  const [, good, bad, skipped] = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output) ?? [
    '',
    '0',
    String(ids.length),
    '0',
  ];
  passed += Number(good);
  failed += Number(bad) + Number(skipped);
}

const idsIn = (file: string, keep: (check: Check) => boolean): readonly string[] => {
  const read = JSON.parse(readFileSync(join(directory, file), 'utf8')) as
    | readonly Check[]
    | { readonly cases: readonly Check[] };
  const checks = 'cases' in read ? read.cases : read;
  return checks
    .filter((check) => keep(check) && (chosen.length === 0 || chosen.includes(String(check.id))))
    .map(({ id }) => String(id));
};

/** The recordings were made where a PriorityClass `high` was, which no check of them makes. */
function makePriorityClass({ url, token }: Running): void {
  const object = {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 1000,
  };
  execFileSync('curl', [
    '-sfk',
    ...['-o', '/dev/null'],
    ...['-H', `Authorization: Bearer ${token}`],
    ...['-H', 'Content-Type: application/json'],
    ...['-d', JSON.stringify(object)],
    `${url}/apis/scheduling.k8s.io/v1/priorityclasses`,
  ]);
}

/**
 * 97 has no tag, and expects of a Pod without a node that it is still pending, and not on n1: where a
 * scheduler runs, that goes by the Pods that earlier checks have left behind.
 */
const untagged = new Set(['97']);

const needsPause = ({ id, tags = [] }: Check): boolean =>
  tags.includes('nocontrollers') || untagged.has(String(id));

const [live, paused] = await Promise.all([up(), up('--paused')]);
try {
  await runChecks(
    'cases.json',
    live,
    idsIn('cases.json', (check) => !needsPause(check)),
  );
  await runChecks('cases.json', paused, idsIn('cases.json', needsPause));
  makePriorityClass(paused);
  await runChecks(
    'cases-recorded.json',
    paused,
    idsIn('cases-recorded.json', () => true),
  );
} finally {
  live.stop();
  paused.stop();
  rmSync(home, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
