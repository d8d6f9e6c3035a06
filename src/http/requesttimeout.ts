/** The `timeout` of a request: a duration as Go writes it; how long it takes here is no question (api-02 §6). */
import type { Status } from '../api/status.ts';
import { badRequest } from '../apiserver/reject.ts';

/** Why the query of a request is refused, if its timeout is no duration. */
export function timeoutRefusal(query: URLSearchParams): Status | undefined {
  const text = query.get('timeout') ?? '';
  const mistake = text === '' ? undefined : durationMistake(text);
  if (mistake === undefined) return undefined;
  return badRequest(`invalid timeout specified in the request URL - ${mistake}`);
}

const part = /^(\d+\.?\d*|\.\d+)([^\d.]*)/;
const units = ['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h'];

/** As Go's `time.ParseDuration` tells it. */
function durationMistake(text: string): string | undefined {
  const shown = JSON.stringify(text);
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return undefined;
  if (rest === '') return `time: invalid duration ${shown}`;
  while (rest !== '') {
    const found = part.exec(rest);
    if (found === null) return `time: invalid duration ${shown}`;
    const unit = found[2]!;
    if (unit === '') return `time: missing unit in duration ${shown}`;
    if (!units.includes(unit)) {
      return `time: unknown unit ${JSON.stringify(unit)} in duration ${shown}`;
    }
    rest = rest.slice(found[0].length);
  }
  return undefined;
}
