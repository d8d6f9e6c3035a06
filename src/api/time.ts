/**
 * Simulated time as the API writes it.
 *
 * The core counts milliseconds from the start of a run; objects carry RFC 3339 text in whole
 * seconds, as `metav1.Time` does. Both directions are exact and need no clock.
 */

/** What t = 0 is on the wall clock of the simulated cluster: 2026-01-01T00:00:00Z, in ms. */
export const epochMs = 1_767_225_600_000;

/** Seconds that were written lately: a few of them are written again and again. */
const written = 256;
const seconds = new Array<number>(written).fill(-1);
const texts = new Array<string>(written).fill('');

/** `metav1.Time`: whole seconds. */
export function timestamp(t: number): string {
  const second = Math.floor((epochMs + t) / 1000);
  const place = second & (written - 1);
  if (seconds[place] !== second) {
    seconds[place] = second;
    texts[place] = `${isoOf(second * 1000).slice(0, 19)}Z`;
  }
  return texts[place]!;
}

/** `metav1.MicroTime`: six decimals. */
export const microTimestamp = (t: number): string => {
  const ms = epochMs + t;
  const whole = Math.floor(ms);
  const micros = Math.floor((ms - whole) * 1000);
  return `${isoOf(whole).slice(0, 23)}${String(micros).padStart(3, '0')}Z`;
};

/** Simulated milliseconds of an RFC 3339 text; `NaN` if it is none. */
export const parseTimestamp = (text: string): number => Date.parse(text) - epochMs;

// tidy: allow new Date — formats a given instant, reads no clock.
const isoOf = (ms: number): string => new Date(ms).toISOString();
