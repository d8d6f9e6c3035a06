/**
 * Port-forward in the channels of a WebSocket, as clients other than kubectl ask for it (`v4.channel.k8s.io`): two for
 * each port, data and errors, and the port's number first on both (upstream's portforward/websocket.go).
 */
import { Duplex, Writable } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Pod } from '../../api/pod/pod.ts';
import type { Context } from '../context.ts';
import { forward } from './portforward.ts';

export const portChannelProtocol = 'v4.channel.k8s.io';

/** The ports that are asked for, or why they cannot be. */
export function portsOf(query: URLSearchParams): readonly number[] | string {
  const given = query.getAll('ports');
  if (given.length === 0) return 'query parameter "port" is required';
  const ports = given.flatMap((text) => text.split(',')).map(Number);
  const wrong = ports.findIndex((port) => !(Number.isInteger(port) && port > 0 && port < 65_536));
  return wrong < 0 ? ports : `unable to parse "${given.join(',')}" as a port`;
}

/** It closes when no port has anything more to say. */
export function forwardPorts(
  socket: WebSocket,
  ports: readonly number[],
  pod: Pod,
  context: Context,
): void {
  const send = (channel: number, bytes: Buffer) => {
    if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.of(channel), bytes]));
  };
  const streams = ports.map((_port, i) => new DataStream((bytes) => send(i * 2, bytes)));
  let left = ports.length;
  ports.forEach((port, i) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    send(i * 2, number);
    send(i * 2 + 1, number);
    const error = new Writable({
      write(bytes: Buffer, _encoding, done) {
        send(i * 2 + 1, bytes);
        done();
      },
    });
    error.once('finish', () => {
      left -= 1;
      if (left === 0) socket.close();
    });
    forward(pod, port, streams[i]!, error, context);
  });
  socket.on('message', (data: RawData) => {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer);
    const [channel = 1] = bytes;
    if (channel % 2 === 0 && bytes.length > 1) streams[channel / 2]?.push(bytes.subarray(1));
  });
  socket.on('close', () => {
    for (const stream of streams) stream.destroy();
  });
  socket.on('error', () => socket.terminate());
}

class DataStream extends Duplex {
  readonly #send: (bytes: Buffer) => void;

  constructor(send: (bytes: Buffer) => void) {
    super();
    this.#send = send;
    this.on('error', () => {});
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#send(bytes);
    done();
  }
}
