/** `apps/v1`: a group and a version. */

/** `apps` of `apps/v1`, and nothing of `v1`. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
