/** Why something cannot be created any more: nobody needs to try again. */
import type { Status } from '../api/status.ts';

/** The namespace is being deleted, or is gone. */
export const isNamespaceGoing = ({ reason, details }: Status): boolean =>
  reason === 'NotFound' ||
  (details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating');
