/** What a resourceVersion in a query may say, and the refusals of what it may not (api-03 §1). */
import { rejection, type Status } from '../api/status.ts';

/** 0 for `''` and `'0'`; undefined for what is no number. */
export const parseVersion = (text: string): number | undefined =>
  text === '' ? 0 : /^\d{1,19}$/.test(text) ? Number(text) : undefined;

/** A state that is not there yet: the client is told to come again. */
export function futureVersion(wanted: number, newest: number): Status {
  const why = 'Too large resource version';
  return rejection('Timeout', `Timeout: ${why}: ${wanted}, current: ${newest}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: why }],
    retryAfterSeconds: 1,
  });
}

/** A version that is no number, where the storage is asked and not the list of a cache. */
export const unreadableVersion = (text: string): Status =>
  rejection(
    'InternalError',
    `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  );

interface Asked {
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly continue?: string;
  readonly sendInitialEvents?: boolean;
}

const matchField = 'resourceVersionMatch';

/** Upstream's `ValidateListOptions`, of a list. */
export function listVersionRefusal(asked: Asked): Status | undefined {
  const { resourceVersion: version = '', resourceVersionMatch: match = '' } = asked;
  const mistakes: OptionMistake[] = [];
  const forbid = (why: string, field = matchField) =>
    mistakes.push({ field, reason: 'Forbidden', detail: why });
  if (match !== '') {
    if (version === '') forbid(`${matchField} is forbidden unless resourceVersion is provided`);
    if (asked.continue) forbid(`${matchField} is forbidden when continue is provided`);
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      const detail = `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan", ""`;
      mistakes.push({ field: matchField, reason: 'NotSupported', detail });
    }
    if (match === 'Exact' && version === '0') {
      forbid(`${matchField} "exact" is forbidden for resourceVersion "0"`);
    }
  }
  if (asked.sendInitialEvents !== undefined) {
    forbid('sendInitialEvents is forbidden for list', 'sendInitialEvents');
  }
  return mistakes.length === 0 ? undefined : optionsRefusalOf(mistakes);
}

/** The same of a watch. */
export function watchVersionRefusal(asked: Asked): Status | undefined {
  const { resourceVersionMatch: match = '', sendInitialEvents } = asked;
  const mistakes: OptionMistake[] = [];
  const forbid = (detail: string) =>
    mistakes.push({ field: matchField, reason: 'Forbidden', detail });
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    forbid(`sendInitialEvents requires setting ${matchField} to NotOlderThan`);
  }
  if (match !== '') {
    if (sendInitialEvents === undefined) {
      forbid(`${matchField} is forbidden for watch unless sendInitialEvents is provided`);
    }
    if (match !== 'NotOlderThan') {
      const detail = `Unsupported value: "${match}": supported values: "NotOlderThan"`;
      mistakes.push({ field: matchField, reason: 'NotSupported', detail });
    }
    if (asked.continue) forbid(`${matchField} is forbidden when continue is provided`);
  }
  return mistakes.length === 0 ? undefined : optionsRefusalOf(mistakes);
}

interface OptionMistake {
  readonly field: string;
  readonly reason: 'Forbidden' | 'NotSupported' | 'Invalid' | 'Required' | 'TooLong';
  readonly detail: string;
}

/** A refusal of what stands in the query. */
export const optionsRefusal = (
  field: string,
  reason: OptionMistake['reason'],
  detail: string,
  options = 'ListOptions',
): Status => optionsRefusalOf([{ field, reason, detail }], options);

function optionsRefusalOf(mistakes: readonly OptionMistake[], options = 'ListOptions'): Status {
  const causes = mistakes.map(({ field, reason, detail }) => {
    const prefix =
      reason === 'Forbidden' ? 'Forbidden: ' : reason === 'Required' ? 'Required value: ' : '';
    return { reason: `FieldValue${reason}`, message: `${prefix}${detail}`, field };
  });
  const texts = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const told = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  return rejection('Invalid', `${options}.meta.k8s.io "" is invalid: ${told}`, {
    group: 'meta.k8s.io',
    kind: options,
    causes,
  });
}
