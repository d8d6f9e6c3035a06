/** Validation of paths and modes of files in volumes. */
import { type Errors, invalid } from './errors.ts';

const modeMax = 0o777;

export function validateMode(errors: Errors, mode: unknown, at: string): void {
  if (typeof mode !== 'number' || (mode >= 0 && mode <= modeMax)) return;
  errors.push(invalid(at, mode, 'must be a number between 0 and 0777 (octal), both inclusive'));
}

export const hasBackstep = (path: string): boolean => path.split('/').includes('..');

export function validateNoBacksteps(errors: Errors, path: string, at: string): void {
  if (hasBackstep(path)) errors.push(invalid(at, path, "must not contain '..'"));
}

/** Relative, and never up. */
export function validateDescending(errors: Errors, path: string, at: string): void {
  if (path.startsWith('/')) errors.push(invalid(at, path, 'must be a relative path'));
  validateNoBacksteps(errors, path, at);
}

/** Within the volume, and not into what the kubelet keeps there for itself. */
export function validateLocalPath(errors: Errors, path: string, at: string): void {
  validateDescending(errors, path, at);
  if (path.startsWith('..') && !path.startsWith('../')) {
    errors.push(invalid(at, path, "must not start with '..'"));
  }
}
