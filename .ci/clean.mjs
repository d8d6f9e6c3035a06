/** Removes what an earlier build left: a package holds what is built now, and no more. */
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
