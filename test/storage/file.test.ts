/** Logs on disk that are longer than what is written and read at a time. */
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../src/errors.ts';
import type { Entry } from '../../src/log/entry.ts';
import { readLog, writeLog } from '../../src/storage/file.ts';

const test = suite('log files');
const directory = mkdtempSync(join(tmpdir(), 'kubestep-files-'));
test.after(() => rmSync(directory, { recursive: true }));

/** Lines of different lengths, some longer than a portion, with characters of several bytes. */
const entries: readonly Entry[] = Array.from({ length: 400 }, (_, i) => ({
  n: i + 1,
  t: i,
  by: 'fault',
  causes: [],
  type: 'fault',
  fault: 'crash',
  target: i === 200 ? 'ä→😀'.repeat(1_000_000) : `ä→😀 ${i} `.repeat(i * 5),
}));

for (const name of ['long.jsonl', 'long.jsonl.gz']) {
  test(`${name} is read as it was written`, () => {
    const path = join(directory, name);
    writeLog(path, entries, 'test', undefined);
    const { header, entries: read, torn } = readLog(path);
    assert.is(header.engine, 'test');
    assert.is(torn, false);
    assert.is(read.length, entries.length);
    for (const [i, entry] of read.entries()) assert.equal(entry, entries[i]);
  });
}

test('a last line that is cut off is left out', () => {
  const path = join(directory, 'torn.jsonl');
  writeLog(path, entries, 'test', undefined);
  const { length } = readFileSync(path);
  truncateSync(path, length - 1);
  assert.is(readLog(path).torn, false, 'all of the line is there');
  truncateSync(path, length - 10);
  const { entries: read, torn } = readLog(path);
  assert.is(torn, true);
  assert.is(read.length, entries.length - 1);
});

test('what is no file, or empty, is told', () => {
  const refused = (path: string, why: RegExp) =>
    assert.throws(
      () => readLog(path),
      (error: Error) => error instanceof UsageError && why.test(error.message),
    );
  refused(join(directory, 'nowhere'), /no such file/);
  refused(directory, /cannot be read \(EISDIR\)/);
  const path = join(directory, 'empty.jsonl');
  writeLog(path, [], 'test', undefined);
  truncateSync(path, 0);
  refused(path, /:1: empty; expected a kubestep log/);
});

test.run();
