/** What the status says that a container left behind (kubelet-00, kubelet-02). */
import type { ContainerStatus } from '../../api/pod/pod.ts';

/** Of the termination log, in bytes: the end of it. */
const fileMax = 4_096;
/** Of logs that stand for it. */
const logMax = 2_048;
const logLinesMax = 80;
/** Of all containers of a Pod together. */
const podMax = 12_288;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function bytesOf(text: string, max: number, from: 'start' | 'end'): string {
  const bytes = encoder.encode(text);
  if (bytes.length <= max) return text;
  return decoder.decode(from === 'end' ? bytes.slice(-max) : bytes.slice(0, max));
}

export interface Left {
  readonly message: string | undefined;
  readonly logs: readonly string[];
  readonly exitCode: number;
  /** terminationMessagePolicy FallbackToLogsOnError. */
  readonly fallsBack: boolean;
}

/** The last lines of the log, where nothing was left, the policy says so, and it failed. */
export function terminationMessage({ message, logs, exitCode, fallsBack }: Left) {
  if (message !== undefined && message !== '') return bytesOf(message, fileMax, 'end');
  if (!fallsBack || exitCode === 0 || logs.length === 0) return undefined;
  const lines = logs.slice(-logLinesMax).map((line) => `${line}\n`);
  return bytesOf(lines.join(''), logMax, 'end');
}

/** Every container of a Pod may say as much as any other. */
export function withShortMessages(
  statuses: readonly ContainerStatus[],
  containers: number,
): readonly ContainerStatus[] {
  const max = Math.floor(podMax / Math.max(containers, 1));
  const isLong = ({ message = '' }: { readonly message?: string } = {}) => message.length * 3 > max;
  const has = ({ state, lastState }: ContainerStatus) =>
    (state?.terminated?.message ?? lastState?.terminated?.message) !== undefined;
  if (!statuses.some(has)) return statuses;
  return statuses.map((status) => {
    const { state, lastState } = status;
    if (!isLong(state?.terminated) && !isLong(lastState?.terminated)) return status;
    const short = (of: typeof state): typeof state => {
      if (of?.terminated?.message === undefined) return of;
      const message = bytesOf(of.terminated.message, max, 'start');
      return { ...of, terminated: { ...of.terminated, message } };
    };
    return { ...status, state: short(state), lastState: short(lastState) } as ContainerStatus;
  });
}
