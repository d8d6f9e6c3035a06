/** `exec`: a command in a container (api-09 §4). */
import { createHash } from 'node:crypto';
import { epochMs } from '../../api/time.ts';
import type { SimulatedContainer } from '../../kubelet/runtime/runtime.ts';
import { filesOf, worldOf } from '../../kubelet/runtime/shell/container.ts';
import type { Files } from '../../kubelet/runtime/shell/files.ts';
import { asBytes } from '../../kubelet/runtime/shell/program.ts';
import type { Screen } from '../../kubelet/runtime/shell/session.ts';
import { Terminal } from '../../kubelet/runtime/shell/terminal.ts';
import { begin } from '../../kubelet/runtime/shell.ts';
import type { Context } from '../context.ts';
import { type Channels, exited } from './channels.ts';
import type { Place, Running } from './place.ts';
import { Process } from './process.ts';
import type { Wishes } from './wishes.ts';

/** What was written in a container stays as long as it runs. */
const written = new WeakMap<SimulatedContainer, Files>();

/** A command as it begins in a container; `screen` is its terminal, if it has one. */
export function beginIn(
  { pod, container }: Place,
  { record, startedAt }: Running,
  command: readonly string[],
  screen: Screen | undefined,
  context: Context,
) {
  const { simulation } = context.cluster;
  const view = simulation.store.view();
  const files = written.get(record) ?? filesOf(pod, container!, view);
  written.set(record, files);
  const now = () => {
    context.clock.catchUp();
    return epochMs + simulation.now;
  };
  const world = worldOf(pod, container!, files, { view, startedAt, now });
  return begin(command.map(asBytes), world, screen);
}

export function exec(
  place: Place,
  running: Running,
  wishes: Wishes,
  channels: Channels,
  context: Context,
): void {
  const { command, stdin, tty } = wishes;
  const { record } = running;
  const terminal = tty ? new Terminal() : undefined;
  const begun = beginIn(place, running, command, terminal?.screen, context);
  if (!begun.ok) return channels.fail(notStarted(record, command, begun.why));
  const process = new Process(begun.program, terminal, record, context, (code) =>
    channels.end(exited(code)),
  );
  process.connect(channels, wishes, () => process.stop());
  if (!stdin) process.endInput();
  process.start();
}

/** As kubelet and containerd pass on what runc says. */
function notStarted({ id }: SimulatedContainer, command: readonly string[], why: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([id, command]))
    .digest('hex');
  const inContainer = `failed to exec in container: failed to start exec "${hash}": ${why}`;
  return `error executing command in container: ${inContainer}`;
}
