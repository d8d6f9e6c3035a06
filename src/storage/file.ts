/** Logs on disk: `.jsonl`, or `.jsonl.gz`. A file appears whole or not at all. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { UsageError } from '../errors.ts';
import { Decoder, Encoder, encodeHeader, type Header } from '../log/codec.ts';
import type { Entry } from '../log/entry.ts';
import type { Plan } from '../sim/run.ts';

export interface StoredLog {
  readonly header: Header;
  readonly entries: readonly Entry[];
  /** The last line was cut off, and left out. */
  readonly torn: boolean;
}

/** More than this unpacked is no log of ours. */
const bytesMax = 2_000_000_000;

type Data = string | Uint8Array;

/** Writes beside the place first, then moves: a reader never sees half a file. */
export function writeAtomically(path: string, data: Data): void {
  writeParts(path, [data]);
}

function writeParts(path: string, parts: Iterable<Data>): void {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.partial`);
  try {
    mkdirSync(directory, { recursive: true });
    const file = openSync(temporary, 'w');
    try {
      for (const part of parts) writeFileSync(file, part);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw new UsageError(`${path}: cannot be written (${reasonOf(error)}); choose another place`);
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its directory is none: there is nothing to remove.
  }
}

export function writeLog(
  path: string,
  entries: readonly Entry[],
  engine: string,
  plan: Plan | undefined,
): void {
  const isPacked = path.endsWith('.gz');
  writeParts(path, packed(portions(linesOf(entries, encodeHeader(engine, plan))), isPacked));
}

/** Characters, and bytes, that are written and read at a time: a log may be longer than any text can be. */
const portionMax = 1 << 22;

function* linesOf(entries: readonly Entry[], header: string): Generator<string> {
  const encoder = new Encoder();
  yield header;
  for (const entry of entries) yield encoder.entry(entry);
}

function* portions(lines: Iterable<string>): Generator<string> {
  let waiting: string[] = [];
  let length = 0;
  for (const line of lines) {
    waiting.push(line);
    length += line.length;
    if (length < portionMax) continue;
    yield `${waiting.join('\n')}\n`;
    waiting = [];
    length = 0;
  }
  if (waiting.length > 0) yield `${waiting.join('\n')}\n`;
}

/** A gzip file may have many members: readers take them for one. */
function* packed(texts: Iterable<string>, isPacked: boolean): Generator<Data> {
  for (const text of texts) yield isPacked ? gzipSync(text) : text;
}

/** Standard input, to its end. */
export const readInput = (): string => readFileSync(0, 'utf8');

export function readText(path: string): string {
  if (!existsSync(path)) throw new UsageError(`${path}: no such file; check the path`);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
    if (isGzip(bytes)) {
      bytes = gunzipSync(bytes, { maxOutputLength: bytesMax });
    }
  } catch (error) {
    throw new UsageError(`${path}: cannot be read (${reasonOf(error)}); use an intact file`);
  }
  return new TextDecoder().decode(bytes);
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);

export function readLog(path: string): StoredLog {
  const decoder = new Decoder(path);
  const entries: Entry[] = [];
  let header: Header | undefined;
  let torn = false;
  for (const { text, isEnded } of readLines(path)) {
    if (!isEnded && !isWhole(text)) torn = true;
    else if (header === undefined) header = decoder.header(text);
    else entries.push(decoder.entry(text));
  }
  if (header === undefined) throw new UsageError(`${path}:1: empty; expected a kubestep log`);
  return { header, entries, torn };
}

interface Line {
  readonly text: string;
  /** Only the last line of a file may not be. */
  readonly isEnded: boolean;
}

const newline = 10;

function* readLines(path: string): Generator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  for (const portion of readPortions(path)) {
    const bytes = rest.length === 0 ? portion : Buffer.concat([rest, portion]);
    let from = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      yield { text: bytes.toString('utf8', from, at), isEnded: true };
      from = at + 1;
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) yield { text: rest.toString('utf8'), isEnded: false };
}

function* readPortions(path: string): Generator<Buffer> {
  if (!existsSync(path)) throw new UsageError(`${path}: no such file; check the path`);
  try {
    const file = openSync(path, 'r');
    try {
      for (let isFirst = true; ; isFirst = false) {
        // What was read last may still be looked at.
        const buffer = Buffer.allocUnsafe(portionMax);
        const portion = buffer.subarray(0, readSync(file, buffer));
        if (portion.length === 0) return;
        if (isFirst && isGzip(portion)) {
          yield gunzipSync(readFileSync(path), { maxOutputLength: bytesMax });
          return;
        }
        yield portion;
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UsageError(`${path}: cannot be read (${reasonOf(error)}); use an intact file`);
  }
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** A last line without its end may still be all of it. */
function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
