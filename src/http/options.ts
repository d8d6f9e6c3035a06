/** What the query of a write may say: how it is checked, tried, and in whose name (api-02 §6). */
import type { Status } from '../api/status.ts';
import { optionsRefusal } from '../apiserver/resourceversions.ts';
import type { Incoming } from './context.ts';
import { isTrue } from './target.ts';

export type Validation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteOptions {
  readonly validation: Validation;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly force: boolean;
}

const managerBytesMax = 128;

const kinds: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
};

export function writeOptionsOf(
  { query, header }: Incoming,
  verb: string,
  isApply: boolean,
): WriteOptions | { readonly status: Status } {
  const options = kinds[verb] ?? 'UpdateOptions';
  const refuse = (field: string, reason: Parameters<typeof optionsRefusal>[1], why: string) => ({
    status: optionsRefusal(field, reason, why, options),
  });
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const untried = dryRunRefusal(dryRun, options);
  if (untried !== undefined) return { status: untried };
  const validation = query.get('fieldValidation') ?? '';
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(validation)) {
    const why = `Unsupported value: "${validation}": supported values: "", "Ignore", "Strict", "Warn"`;
    return refuse('fieldValidation', 'NotSupported', why);
  }
  const given = query.get('fieldManager') ?? '';
  if (Buffer.byteLength(given) > managerBytesMax) {
    const why = `Too long: may not be more than ${managerBytesMax} bytes`;
    return refuse('fieldManager', 'TooLong', why);
  }
  if (/[^\x20-\x7e]/.test(given)) {
    return refuse(
      'fieldManager',
      'Invalid',
      `Invalid value: ${goQuoted(given)}: should only contain printable characters`,
    );
  }
  const force = query.get('force');
  if (force !== null && !isApply && verb === 'patch') {
    return refuse('force', 'Forbidden', 'may not be specified for non-apply patch');
  }
  return {
    validation: validation === '' ? 'Warn' : (validation as Validation),
    dryRun: dryRun.length > 0,
    fieldManager: given !== '' || isApply ? given : managerOf(header('user-agent') ?? ''),
    force: isTrue(force),
  };
}

/** As Go quotes what is not printable. */
const goQuoted = (text: string): string =>
  JSON.stringify(text).replace(/\\u00([0-9a-f]{2})|\x7f/g, (_, code) => `\\x${code ?? '7f'}`);

/** All that can be tried is `All`. */
export function dryRunRefusal(values: readonly unknown[], options: string): Status | undefined {
  if (values.every((value) => value === 'All')) return undefined;
  const shown = `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`;
  const why = `Unsupported value: ${shown}: supported values: "All"`;
  return optionsRefusal('dryRun', 'NotSupported', why, options);
}

/** What an agent calls itself before its version. */
const managerOf = (agent: string): string =>
  agent
    .split('/')[0]!
    .replace(/[^\x20-\x7e]/g, '')
    .slice(0, managerBytesMax) || 'unknown';
