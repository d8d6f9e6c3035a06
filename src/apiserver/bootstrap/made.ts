/** What an API server makes of its own accord. */
import type { Draft } from '../../api/meta.ts';

/** Of kinds whose fields lie beside spec. A condition in its status has its time when it is written. */
export type Made = Draft & { readonly [field: string]: unknown };
