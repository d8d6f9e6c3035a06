/** Names of versions in their order of preference: GA before beta before alpha, higher numbers first. */

/** Negative where `a` is preferred (upstream's `CompareKubeAwareVersionStrings`, the other way round). */
export function compareVersionNames(a: string, b: string): number {
  const [x, y] = [rankOf(a), rankOf(b)];
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return y[i]! - x[i]!;
  return a === b ? 0 : a < b ? -1 : 1;
}

function rankOf(version: string): readonly [number, number, number] {
  const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (found === null) return [-1, 0, 0];
  const stage = found[2] === undefined ? 2 : found[2] === 'beta' ? 1 : 0;
  return [stage, Number(found[1]), Number(found[3] ?? 0)];
}
