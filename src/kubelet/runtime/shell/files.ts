/** The files of a simulated container: those that every image has, those of its Pod, and what was written. */

/** Of every image. */
const directories = [
  ...['/bin', '/dev', '/etc', '/home', '/proc', '/root', '/sys', '/tmp', '/usr', '/usr/bin'],
  ...['/usr/local', '/usr/local/bin', '/var', '/var/log', '/var/run'],
];

export class Files {
  readonly #files: Map<string, string>;
  readonly #directories: Set<string>;

  /** @param files their contents by path */
  constructor(files: ReadonlyMap<string, string>) {
    this.#files = new Map(files);
    this.#directories = new Set(['/', ...directories]);
    for (const path of files.keys()) this.#addParents(path);
  }

  /** Undefined where there is none. */
  read(path: string): string | undefined {
    return this.#files.get(path);
  }

  /** False if there is no directory for it, or one in its place. */
  write(path: string, text: string, append = false): boolean {
    if (this.isDirectory(path) || !this.isDirectory(parentOf(path))) return false;
    this.#files.set(path, append ? (this.#files.get(path) ?? '') + text : text);
    return true;
  }

  makeDirectory(path: string): boolean {
    if (this.exists(path) || !this.isDirectory(parentOf(path))) return false;
    this.#directories.add(path);
    return true;
  }

  /** A directory, with those above it. */
  provide(path: string): void {
    this.#addParents(`${path}/.`);
  }

  /** With everything below it. */
  remove(path: string): void {
    for (const known of [this.#files, this.#directories]) {
      for (const one of [...known.keys()]) {
        if (one === path || one.startsWith(`${path}/`)) known.delete(one);
      }
    }
  }

  isDirectory(path: string): boolean {
    return this.#directories.has(path);
  }

  exists(path: string): boolean {
    return this.#files.has(path) || this.isDirectory(path);
  }

  /** Names in a directory, in their order. */
  list(path: string): readonly string[] {
    const start = path === '/' ? '/' : `${path}/`;
    const below = [...this.#files.keys(), ...this.#directories]
      .filter((one) => one !== path && one.startsWith(start))
      .map((one) => one.slice(start.length));
    return below.filter((name) => !name.includes('/')).sort();
  }

  #addParents(path: string): void {
    for (let at = parentOf(path); at !== '/'; at = parentOf(at)) this.#directories.add(at);
  }
}

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** The path that a name means, seen from a directory. */
export function pathOf(name: string, from: string): string {
  const parts: string[] = [];
  for (const part of (name.startsWith('/') ? name : `${from}/${name}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
