/** The channels of `exec` and `attach`: standard streams, terminal size, and how it ended. */
import type { Status } from '../../api/status.ts';

export interface Channels {
  write(stream: 'stdout' | 'stderr', bytes: Buffer): void;
  /** The last word; it ends the connection. */
  end(status: Ending): void;
  /** The command never began. */
  fail(why: string): void;
  /** What the client does from now on. */
  listen(listener: Listener): void;
}

export interface Listener {
  /** No bytes: nothing comes any more. */
  input(bytes: Buffer): void;
  resize(width: number, height: number): void;
  closed(): void;
}

export type Ending =
  | { readonly metadata: Readonly<Record<string, never>>; readonly status: 'Success' }
  | (Omit<Status, 'kind' | 'apiVersion' | 'reason' | 'code'> & {
      readonly reason: string;
      readonly code?: number;
    });

/** How a command ended, as the API server tells it. */
export function exited(code: number): Ending {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** The command never began. */
export const failedToBegin = (why: string): Ending => ({
  metadata: {},
  status: 'Failure',
  message: `Internal error occurred: ${why}`,
  reason: 'InternalError',
  details: { causes: [{ message: why }] },
  code: 500,
});

/** `{"Width":80,"Height":24}` */
export function sizeOf(text: string): { width: number; height: number } | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as { Width?: unknown; Height?: unknown };
    if (typeof Width !== 'number' || typeof Height !== 'number') return undefined;
    return { width: Width, height: Height };
  } catch {
    return undefined;
  }
}
