/** A recording as files: `watch.jsonl`, `writes.jsonl`, `final.json`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from './recorder.ts';

const lines = (items: readonly unknown[]): string =>
  items.map((item) => `${JSON.stringify(item)}\n`).join('');

export function writeRecording(directory: string, { watch, writes, final }: Recording): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'watch.jsonl'), lines(watch));
  writeFileSync(join(directory, 'writes.jsonl'), lines(writes));
  writeFileSync(join(directory, 'final.json'), JSON.stringify(final, null, 1));
}
