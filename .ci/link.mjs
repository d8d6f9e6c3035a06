/**
 * Puts the command where npx looks first. Without it the first `npx kubestep` in a clone would build
 * the whole package again, into npx's own cache.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';

// Windows runs no links: npx does there what it did.
if (process.platform !== 'win32') {
  mkdirSync('node_modules/.bin', { recursive: true });
  rmSync('node_modules/.bin/kubestep', { force: true });
  symlinkSync('../../dist/bin/main.js', 'node_modules/.bin/kubestep');
}
