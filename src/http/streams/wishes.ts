/** What the client of a stream wants of a container. */
import { isTrue } from '../target.ts';

export interface Wishes {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export const wishesOf = (query: URLSearchParams): Wishes => ({
  command: query.getAll('command'),
  stdin: isTrue(query.get('stdin')),
  stdout: isTrue(query.get('stdout')),
  stderr: isTrue(query.get('stderr')),
  tty: isTrue(query.get('tty')),
});
