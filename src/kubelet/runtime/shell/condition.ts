/** `test` and `[`: what can be asked of files, texts and numbers. */
import { pathOf } from './files.ts';
import { out, type Program } from './program.ts';
import type { Session } from './session.ts';

export function* test(args: readonly string[], session: Session): Program {
  const given = args[0] === '[' ? args.slice(1, -1) : args.slice(1);
  const isNot = given[0] === '!';
  const holds = testHolds(isNot ? given.slice(1) : given, session);
  yield out('');
  return holds === isNot ? 1 : 0;
}

function testHolds(given: readonly string[], { world: { files }, directory }: Session): boolean {
  const [a = '', b, c = ''] = given;
  if (given.length <= 1) return a !== '';
  const path = pathOf(b ?? '', directory);
  switch (given.length === 2 ? a : b) {
    case '-z':
      return b === '';
    case '-n':
      return b !== '';
    case '-e':
      return files.exists(path);
    case '-f':
    case '-r':
      return files.read(path) !== undefined;
    case '-s':
      return (files.read(path) ?? '') !== '';
    case '-d':
      return files.isDirectory(path);
    case '=':
    case '==':
      return a === c;
    case '!=':
      return a !== c;
    case '-eq':
      return Number(a) === Number(c);
    case '-ne':
      return Number(a) !== Number(c);
    case '-lt':
      return Number(a) < Number(c);
    case '-gt':
      return Number(a) > Number(c);
    default:
      return false;
  }
}
