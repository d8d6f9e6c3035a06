/**
 * `attach`: what a container prints, and what it is told (api-09 §4).
 *
 * A container that keeps its standard input open for whoever attaches (`kubectl run -i`) and whose command is
 * one that we know does what it is told: its program begins when somebody attaches to its input, and when it
 * ends, the container does.
 */
import type { Container } from '../../api/pod/podspec.ts';
import type { SimulatedContainer } from '../../kubelet/runtime/runtime.ts';
import { Terminal } from '../../kubelet/runtime/shell/terminal.ts';
import type { Context } from '../context.ts';
import { type Channels, exited } from './channels.ts';
import { beginIn } from './exec.ts';
import type { Place, Running } from './place.ts';
import { Process } from './process.ts';
import type { Wishes } from './wishes.ts';

const lookEveryMs = 100;

/** Fields of a container that only matter to those who attach. */
interface Attachable extends Container {
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
}

const processes = new WeakMap<SimulatedContainer, Process>();

/** Images that run a shell if nothing else is said. */
const shellImages = /(^|\/)(busybox|alpine|ubuntu|debian)([:@]|$)/;

function commandOf({ command = [], args = [], image }: Container): readonly string[] {
  const given = [...command, ...args];
  return given.length === 0 && shellImages.test(image) ? ['sh'] : given;
}

export function attach(
  place: Place,
  running: Running,
  wishes: Wishes,
  channels: Channels,
  context: Context,
): void {
  const { stdin, stdinOnce } = place.container as Attachable;
  const { record } = running;
  const known = processes.get(record);
  const wanted = stdin === true && wishes.stdin;
  const process = known ?? (wanted ? mainProcess(place, running, context) : undefined);
  const unfollow = follow(running, wishes, channels);
  if (process === undefined) return channels.listen({ input() {}, resize() {}, closed: unfollow });
  process.connect(channels, wishes, () => {
    unfollow();
    if (wishes.stdin && stdinOnce === true) process.endInput();
  });
  if (known === undefined) process.start();
}

/** Undefined if its command is none that we know. */
function mainProcess(place: Place, running: Running, context: Context): Process | undefined {
  const container = place.container as Attachable;
  const { record, runtime } = running;
  const terminal = container.tty === true ? new Terminal() : undefined;
  const begun = beginIn(place, running, commandOf(container), terminal?.screen, context);
  if (!begun.ok) return undefined;
  const process = new Process(begun.program, terminal, record, context, (code) => {
    context.clock.catchUp();
    runtime.endContainer(place.pod.metadata.uid, record.name, code);
    context.clock.wake();
  });
  processes.set(record, process);
  return process;
}

/** What it prints from now on, until it ends. Returns how to stop. */
function follow(
  { runtime, record }: Running,
  { stdout, tty }: Wishes,
  channels: Channels,
): () => void {
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
  return () => clearInterval(timer);
}
