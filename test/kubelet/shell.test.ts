/** The mini-shell of simulated containers: what commands print, and how they end. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Files } from '../../src/kubelet/runtime/shell/files.ts';
import { Interrupted } from '../../src/kubelet/runtime/shell/program.ts';
import type { Screen, World } from '../../src/kubelet/runtime/shell/session.ts';
import { Terminal } from '../../src/kubelet/runtime/shell/terminal.ts';
import { type Begun, begin } from '../../src/kubelet/runtime/shell.ts';

const test = suite('shell');

const world = (programs: (name: string) => boolean = () => true): World => ({
  hostname: 'web-0',
  env: new Map([
    ['GREETING', 'good  day'],
    ['HOME', '/root'],
  ]),
  files: new Files(new Map([['/etc/app/level', 'debug\n']])),
  workingDirectory: '/',
  mainCommand: 'nginx -g daemon off;',
  has: programs,
  now: () => 1_750_000_000_000,
});

/** Runs it to its end; each of `input` answers one read, and then nothing comes any more. */
function ran(command: readonly string[], input: readonly string[] = [], around = world()) {
  const begun = begin(command, around, undefined);
  if (!begun.ok) throw new Error(begun.why);
  const { program } = begun;
  const coming = [...input];
  let [stdout, stderr, sleptMs] = ['', '', 0];
  let step = program.next('');
  while (step.done !== true) {
    const ask = step.value;
    if (ask.type === 'out') stdout += ask.text;
    else if (ask.type === 'err') stderr += ask.text;
    else if (ask.type === 'sleep') sleptMs += ask.ms;
    step = program.next(ask.type === 'read' ? (coming.shift() ?? '') : '');
  }
  return { stdout, stderr, sleptMs, code: step.value };
}

const sh = (script: string, input: readonly string[] = []) => ran(['sh', '-c', script], input);

const printed = (script: string) => sh(script).stdout;

test('commands without a shell see their arguments as they are', () => {
  assert.is(ran(['echo', '$HOME', '*']).stdout, '$HOME *\n');
  assert.is(ran(['hostname']).stdout, 'web-0\n');
  assert.is(ran(['/bin/cat', '/etc/app/level']).stdout, 'debug\n');
  assert.match(ran(['env']).stdout, /^GREETING=good {2}day$/m);
  assert.is(ran(['date', '+%F %T']).stdout, '2025-06-15 15:06:40\n');
  assert.match(ran(['ps']).stdout, /^ {4}1 root +0:00 nginx -g daemon off;$/m);
  assert.is(ran(['false']).code, 1);
  assert.is(ran(['sleep', '1.5']).sleptMs, 1500);
});

test('sequences go on by what the last command did', () => {
  assert.is(printed('true && echo a || echo b; echo c'), 'a\nc\n');
  assert.is(printed('false && echo a || echo b'), 'b\n');
  assert.is(printed('false; echo $?'), '1\n');
  assert.equal(sh('echo before; exit 3; echo after'), {
    stdout: 'before\n',
    stderr: '',
    sleptMs: 0,
    code: 3,
  });
  assert.is(sh('exit 259').code, 3);
  assert.is(sh('true &&\n false').code, 1);
});

test('quotes, variables and substitutions', () => {
  assert.is(printed('echo $GREETING "$GREETING" \'$GREETING\''), 'good day good  day $GREETING\n');
  assert.is(printed('X=1; Y=2 printenv Y; echo "$X$Y"'), '2\n1\n');
  assert.is(printed('echo "host $(hostname)" `pwd`'), 'host web-0 /\n');
  assert.is(printed('echo a\\ b \\"c\\"'), 'a b "c"\n');
  assert.is(printed('echo ""x $NONE y'), 'x y\n');
  assert.is(sh('echo "open').stderr, 'sh: syntax error: unterminated quoted string\n');
  assert.equal([sh('a | ; b').code, sh('&& b').code], [2, 2]);
});

test('pipes and redirections', () => {
  assert.is(printed("printf 'a\\nb\\nc\\n' | grep -v b | wc -l"), '2\n');
  assert.is(printed('echo one > /tmp/x; echo two >> /tmp/x; cat < /tmp/x'), 'one\ntwo\n');
  assert.equal(sh('echo lost >&2'), { stdout: '', stderr: 'lost\n', sleptMs: 0, code: 0 });
  assert.is(printed('ls /nowhere 2>&1'), 'ls: /nowhere: No such file or directory\n');
  assert.is(sh('ls /nowhere 2>/dev/null').stderr, '');
  assert.is(
    sh('echo x > /nowhere/x').stderr,
    "sh: can't create /nowhere/x: nonexistent directory\n",
  );
  assert.is(printed('seq 2>/dev/null; cd /etc/app && ls && pwd'), 'level\n/etc/app\n');
});

test('what is read comes in pieces, and ends', () => {
  assert.is(ran(['cat'], ['ab', 'c\n']).stdout, 'abc\n');
  assert.equal(ran(['sh'], ['echo 1\nexit', ' 4\necho 2\n']), {
    stdout: '1\n',
    stderr: '',
    sleptMs: 0,
    code: 4,
  });
  assert.is(sh('head -n 1; echo rest', ['x\ny\n']).stdout, 'x\nrest\n');
});

test('what is not there does not begin; runc and shells tell why', () => {
  const prefix = 'OCI runtime exec failed: exec failed: unable to start container process: ';
  const why = (name: string, around = world()) => {
    const begun = begin([name], around, undefined);
    return begun.ok ? 'it begins' : begun.why;
  };
  const withoutBash = world((name) => name !== 'bash');
  assert.is(
    why('bash', withoutBash),
    `${prefix}exec: "bash": executable file not found in $PATH: unknown`,
  );
  assert.is(
    why('/bin/nope'),
    `${prefix}exec: "/bin/nope": stat /bin/nope: no such file or directory: unknown`,
  );
  assert.is(why('/etc'), `${prefix}exec: "/etc": permission denied: unknown`);
  assert.equal(sh('nope'), { stdout: '', stderr: 'sh: nope: not found\n', sleptMs: 0, code: 127 });
  assert.is(sh('/etc/app/level').code, 126);
});

test('tar packs directories and long names, and unpacks them elsewhere', () => {
  const around = world();
  const long = `/tmp/${'n'.repeat(120)}`;
  const run = (script: string, input: readonly string[] = []) =>
    ran(['sh', '-c', script], input, around);
  run(`mkdir -p /tmp/d/e; echo one > /tmp/d/e/f; printf two > ${long}`);
  const packed = run(`tar cf - /tmp/d ${long}`);
  assert.is(packed.code, 0);
  assert.match(packed.stderr, /removing leading/);
  assert.is(packed.stdout.length % 512, 0);
  assert.is(run('mkdir /home/x; tar -xmf - -C /home/x', [packed.stdout]).code, 0);
  assert.is(run('cat /home/x/tmp/d/e/f').stdout, 'one\n');
  assert.is(run(`cat /home/x${long}`).stdout, 'two');
  assert.is(run('tar tf -', [packed.stdout]).stdout.split('\n')[0], 'tmp/d/');
  assert.equal(run('tar cf /tmp/a.tar /nope').code, 1);
  assert.is(run('tar xf -', ['x'.repeat(1024)]).stderr, 'tar: invalid tar magic\n');
});

test('an interrupt ends a command, and gives a shell a new line', () => {
  const program = (command: readonly string[], screen?: Screen) =>
    (begin(command, world(), screen) as Extract<Begun, { ok: true }>).program;
  const alone = program(['sleep', '60']);
  assert.equal(alone.next('').value, { type: 'sleep', ms: 60_000 });
  assert.equal(alone.throw(new Interrupted()), { done: true, value: 130 });
  const shell = program(['sh'], { rows: 24, columns: 80 });
  assert.equal(shell.next('').value, { type: 'out', text: '/ # ' });
  assert.equal(shell.next('').value, { type: 'read' });
  assert.equal(shell.next('sleep 60\n').value, { type: 'sleep', ms: 60_000 });
  assert.equal(shell.throw(new Interrupted()).value, { type: 'out', text: '\n' });
  assert.equal(shell.next('').value, { type: 'out', text: '/ # ' });
});

test('a terminal echoes, corrects and hands on whole lines', () => {
  const terminal = new Terminal();
  assert.equal(terminal.type('lx\x7fs'), { echo: 'lx\b \bs', events: [] });
  assert.equal(terminal.type('\r'), { echo: '\r\n', events: [{ type: 'text', text: 'ls\n' }] });
  assert.equal(terminal.type('ab\x03\x04').events, [{ type: 'interrupt' }, { type: 'end' }]);
});

test.run();
