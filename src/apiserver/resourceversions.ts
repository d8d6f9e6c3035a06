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

export function listVersionRefusal(
  version: string,
  match: string,
  continues: boolean,
): Status | undefined {
  if (match === '') return undefined;
  if (continues) {
    return optionsRefusal(
      'resourceVersionMatch',
      'Forbidden',
      'resourceVersionMatch is forbidden when continue is provided',
    );
  }
  if (version === '') {
    return optionsRefusal(
      'resourceVersionMatch',
      'Forbidden',
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    return optionsRefusal(
      'resourceVersionMatch',
      'NotSupported',
      `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan", ""`,
    );
  }
  if (match === 'Exact' && version === '0') {
    return optionsRefusal(
      'resourceVersionMatch',
      'Forbidden',
      'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    );
  }
  return undefined;
}

/** A refusal of what stands in the query. */
export function optionsRefusal(
  field: string,
  reason: 'Forbidden' | 'NotSupported' | 'Invalid' | 'Required' | 'TooLong',
  detail: string,
  options = 'ListOptions',
): Status {
  const prefix =
    reason === 'Forbidden' ? 'Forbidden: ' : reason === 'Required' ? 'Required value: ' : '';
  const message = `${prefix}${detail}`;
  return rejection('Invalid', `${options}.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: 'meta.k8s.io',
    kind: options,
    causes: [{ reason: `FieldValue${reason}`, message, field }],
  });
}
