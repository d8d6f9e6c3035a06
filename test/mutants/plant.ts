/** Plants a published bug into a copy of the source, and bundles an entry point of it. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { applied, type Mutant } from '../../properties/mutants/mutant.ts';

const root = resolve('.');

/** Returns the bundle, which lies in `directory` as the copy does. */
export async function plant(mutant: Mutant, entry: string, directory: string): Promise<string> {
  for (const folder of ['machines', 'src', 'properties', 'test/mutants']) {
    cpSync(join(root, folder), join(directory, folder), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  const files = applied(mutant, (file) => readFileSync(join(root, file), 'utf8'));
  for (const [file, text] of files) writeFileSync(join(directory, file), text);
  const outfile = join(directory, 'planted.mjs');
  await build({
    entryPoints: [join(directory, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}
