/**
 * Builds what is not built, or older than its sources. npm prepares a package whenever it installs it from its
 * folder, and `npx` in a clone does that the first time: it must not take as long as the first build.
 */
import { execSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const built = 'dist/bin/main.js';
const sources = [
  'src',
  'machines',
  'properties',
  '.ci',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** When a file or anything in a folder changed last, in ms; 0: there is none. */
function newest(path) {
  const about = statSync(path, { throwIfNoEntry: false });
  if (about === undefined) return 0;
  if (!about.isDirectory()) return about.mtimeMs;
  // A folder is as new as what was last put there or taken away.
  return Math.max(about.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (newest(built) <= Math.max(...sources.map(newest))) {
  execSync('npm run build', { stdio: 'inherit' });
}
