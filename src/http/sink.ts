/** Where the events of a watch go: an HTTP response, or a WebSocket with a message for each (api-03 §3). */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';

type Event = string | Uint8Array;

export interface Sink {
  /** False when no more should come before `onDrain` says so. */
  write(events: readonly Event[]): boolean;
  end(): void;
  /** Without a farewell. */
  destroy(): void;
  onClose(listener: () => void): void;
  onDrain(listener: () => void): void;
}

export function responseSink(response: ServerResponse, headers: OutgoingHttpHeaders): Sink {
  response.writeHead(200, headers);
  response.flushHeaders();
  return {
    // One write for all that there is.
    write: (events) => response.write(joined(events)),
    end: () => response.end(),
    destroy: () => response.destroy(),
    onClose: (listener) => response.on('close', listener),
    onDrain: (listener) => response.on('drain', listener),
  };
}

const joined = (events: readonly Event[]): Event =>
  events.every((event) => typeof event === 'string')
    ? events.join('')
    : Buffer.concat(events.map((event) => Buffer.from(event as Uint8Array)));

/** As much may wait for a slow reader as in a response. */
const backlogBytesMax = 16 * 1024;

const normalClosure = 1000;

/** What clients say is not listened to, as upstream does. */
export function webSocketSink(socket: WebSocket): Sink {
  let drained = () => {};
  socket.on('error', () => socket.terminate());
  return {
    write(events) {
      for (const event of events) {
        socket.send(event, () => {
          if (socket.bufferedAmount === 0) drained();
        });
      }
      return socket.bufferedAmount < backlogBytesMax;
    },
    end: () => socket.close(normalClosure),
    destroy: () => socket.terminate(),
    onClose: (listener) => socket.on('close', listener),
    onDrain(listener) {
      drained = listener;
    },
  };
}
