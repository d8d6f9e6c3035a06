/** Logs on disk: `.jsonl`, or `.jsonl.gz`. A file appears whole or not at all. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/** Writes beside the place first, then moves: a reader never sees half a file. */
export function writeAtomically(path: string, data: string | Uint8Array): void {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.partial`);
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(temporary, data);
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
  const encoder = new Encoder();
  const lines = [encodeHeader(engine, plan), ...entries.map((entry) => encoder.entry(entry))];
  const text = `${lines.join('\n')}\n`;
  writeAtomically(path, path.endsWith('.gz') ? gzipSync(text) : text);
}

export function readText(path: string): string {
  if (!existsSync(path)) throw new UsageError(`${path}: no such file; check the path`);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
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
  const text = readText(path);
  const lines = text.split('\n');
  const torn = lines.at(-1) !== '' && !isWhole(lines.at(-1)!);
  if (torn || lines.at(-1) === '') lines.pop();
  const [first, ...rest] = lines;
  if (first === undefined) throw new UsageError(`${path}:1: empty; expected a kubestep log`);
  const decoder = new Decoder(path);
  const header = decoder.header(first);
  return { header, entries: rest.map((line) => decoder.entry(line)), torn };
}

/** A last line without its end may still be all of it. */
function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
