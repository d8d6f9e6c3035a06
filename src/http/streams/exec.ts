/** `exec` and `attach`: a command in a container, or what the container prints (api-09 §4). */
import { epochMs } from '../../api/time.ts';
import type { SimulatedContainer } from '../../kubelet/runtime.ts';
import { filesOf, worldOf } from '../../kubelet/shell/container.ts';
import type { Files } from '../../kubelet/shell/files.ts';
import { asBytes } from '../../kubelet/shell/program.ts';
import { shown, Terminal } from '../../kubelet/shell/terminal.ts';
import { execute } from '../../kubelet/shell.ts';
import type { Context } from '../context.ts';
import { isTrue } from '../target.ts';
import { type Channels, exited, failedToBegin } from './channels.ts';
import { Driver } from './driver.ts';
import { type Found, type Place, runningIn } from './place.ts';

/** What the client wants of a container. */
export interface Wishes {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export const wishesOf = (query: URLSearchParams): Wishes => ({
  command: query.getAll('command'),
  stdin: isTrue(query.get('stdin')),
  stdout: isTrue(query.get('stdout')),
  stderr: isTrue(query.get('stderr')),
  tty: isTrue(query.get('tty')),
});

const lookEveryMs = 100;
const killedCode = 137;

/** What was written in a container stays as long as it runs. */
const written = new WeakMap<SimulatedContainer, Files>();

/** Runs a stream to its end; `verb` is `exec` or `attach`. */
export function stream(
  verb: string,
  place: Place,
  wishes: Wishes,
  channels: Channels,
  context: Context,
): void {
  const { namespace, name } = place.pod.metadata;
  const path = `/${verb}/${namespace}/${name}/${place.container!.name}`;
  const found = runningIn(place, path, context);
  if (!found.ok) return channels.end(failedToBegin(found.why));
  if (!wishes.stdin && !wishes.stdout && !wishes.stderr) {
    const why = 'you must specify at least 1 of stdin, stdout, stderr';
    return channels.end(failedToBegin(`unable to upgrade connection: ${why}`));
  }
  (verb === 'exec' ? exec : attach)(place, found, wishes, channels, context);
}

type Running = Found & { ok: true };

/** Programs know bytes only: a character each. */
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

function exec(
  { pod, container }: Place,
  { record, startedAt }: Running,
  { command, stdin, stdout, stderr, tty }: Wishes,
  channels: Channels,
  context: Context,
): void {
  const { simulation } = context.cluster;
  const view = simulation.store.view();
  const files = written.get(record) ?? filesOf(pod, container!, view);
  written.set(record, files);
  const now = () => {
    context.clock.catchUp();
    return epochMs + simulation.now;
  };
  const world = worldOf(pod, container!, files, { view, startedAt, now });
  const terminal = tty ? new Terminal() : undefined;
  const program = execute(command.map(asBytes), world, terminal?.screen);
  const end = (code: number) => {
    clearInterval(timer);
    channels.end(exited(code));
  };
  const driver = new Driver(program, tty, {
    write(to, text) {
      if (terminal !== undefined) channels.write('stdout', bytesOf(shown(text)));
      else if (to === 'stdout' ? stdout : stderr) channels.write(to, bytesOf(text));
    },
    wait: (ms, then) => after(ms, then, context),
    ended: end,
  });
  const timer = setInterval(() => {
    if (record.state === 'running') return;
    driver.stop();
    end(killedCode);
  }, lookEveryMs);
  channels.listen({
    input(bytes) {
      if (!stdin) return;
      if (bytes.length === 0) return driver.endInput();
      const text = bytes.toString('latin1');
      if (terminal === undefined) return driver.feed(text);
      const { echo, events } = terminal.type(text);
      channels.write('stdout', bytesOf(echo));
      for (const event of events) {
        if (event.type === 'text') driver.feed(event.text);
        else if (event.type === 'end') driver.endInput();
        else driver.interrupt();
      }
    },
    resize(width, height) {
      if (terminal !== undefined) Object.assign(terminal.screen, { rows: height, columns: width });
    },
    closed() {
      clearInterval(timer);
      driver.stop();
    },
  });
  if (!stdin) driver.endInput();
  driver.start();
}

/** Waits until simulated time has come so far, however fast it goes. */
function after(ms: number, then: () => void, { clock, cluster }: Context): () => void {
  const { simulation } = cluster;
  clock.catchUp();
  const until = simulation.now + ms;
  let timer: NodeJS.Timeout;
  const look = () => {
    clock.catchUp();
    const left = until - simulation.now;
    if (left <= 0 || clock.speed === 'max') return then();
    const realMs = clock.paused ? lookEveryMs : left / clock.speed;
    timer = setTimeout(look, Math.min(Math.max(realMs, 1), 60_000));
  };
  timer = setTimeout(look, 0);
  return () => clearTimeout(timer);
}

/** What the container prints from now on, until it ends. What it is told, it does not heed. */
function attach(
  _place: Place,
  { runtime, record }: Running,
  { stdout, tty }: Wishes,
  channels: Channels,
): void {
  let told = runtime.logs(record).length;
  const timer = setInterval(() => {
    const lines = runtime.logs(record);
    for (const { text } of lines.slice(told)) {
      if (stdout) channels.write('stdout', Buffer.from(tty ? `${text}\r\n` : `${text}\n`));
    }
    told = lines.length;
    if (record.state === 'running') return;
    clearInterval(timer);
    channels.end(exited(0));
  }, lookEveryMs);
  channels.listen({ input() {}, resize() {}, closed: () => clearInterval(timer) });
}
