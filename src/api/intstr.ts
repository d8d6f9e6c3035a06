/** `IntOrString`: a count, or a percentage of a total (ctl-01 §8). */

const percentage = /^([-+]?\d+)%$/;

/** The count that it means; undefined if it is a text that is no percentage. */
export function resolveIntOrPercent(
  value: number | string,
  total: number,
  roundUp: boolean,
): number | undefined {
  if (typeof value === 'number') return value;
  const percent = percentage.exec(value)?.[1];
  if (percent === undefined) return undefined;
  const exact = (Number(percent) * total) / 100;
  return roundUp ? Math.ceil(exact) : Math.floor(exact);
}
