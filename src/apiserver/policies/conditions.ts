/** Match conditions: whether a policy is about a request, by what the request says (admission/plugin/webhook/matchconditions). */
import type { Names } from '../../api/cel/evaluate.ts';
import type { Policy } from './asked.ts';
import { judged, PolicyError } from './names.ts';

/** One that does not hold decides; one that fails does so only if all others hold, and the policy may fail. */
export function meetsConditions(
  { spec: { matchConditions = [], failurePolicy } }: Policy,
  names: Names,
): boolean {
  const failures: string[] = [];
  for (const { expression } of matchConditions) {
    try {
      if (judged(expression, names) === false) return false;
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length === 0) return true;
  if (failurePolicy === 'Ignore') return false;
  throw new PolicyError(failures.length === 1 ? failures[0]! : `[${failures.join(', ')}]`);
}
