/** Annotations that Deployments and their ReplicaSets carry for each other. */
import type { Deployment } from '../../api/deployment.ts';
import type { Labels } from '../../api/meta.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import { maxSurge } from './fenceposts.ts';
import {
  desiredKey,
  historyKey,
  maxKey,
  revisionKey,
  revisionOf,
  rollbackKey,
} from './replicasets.ts';

/** Never copied between the two. */
const own = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionKey,
  historyKey,
  desiredKey,
  maxKey,
  rollbackKey,
]);

const historyLengthMax = 2000;

/** What a ReplicaSet is told about the size of its Deployment. */
export const sizeAnnotations = (deployment: Deployment): Labels => ({
  [desiredKey]: String(deployment.spec.replicas),
  [maxKey]: String(deployment.spec.replicas + maxSurge(deployment)),
});

/** Those that are copied: everything but what either needs for itself. */
export function shared({ metadata: { annotations = {} } }: Deployment | ReplicaSet): Labels {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !own.has(key)));
}

/** Those that are never copied. */
export function private_({ metadata: { annotations = {} } }: Deployment | ReplicaSet): Labels {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => own.has(key)));
}

/** The annotations of the new ReplicaSet, brought up to date; its own object if nothing changes. */
export function forNew(
  deployment: Deployment,
  rs: ReplicaSet,
  revision: number,
  exists: boolean,
): Labels {
  const before = rs.metadata.annotations ?? {};
  const old = revisionOf(rs);
  // A revision that is no number: upstream lets the ReplicaSet be.
  if (old === undefined) return before;
  const after: Record<string, string> = { ...before, ...shared(deployment) };
  if (old < revision) {
    after[revisionKey] = String(revision);
    if (exists && before[revisionKey] !== undefined) {
      after[historyKey] = withHistory(before[historyKey], before[revisionKey]);
    }
  }
  if (!exists) Object.assign(after, sizeAnnotations(deployment));
  const names = Object.keys(after);
  const same =
    names.length === Object.keys(before).length && names.every((key) => after[key] === before[key]);
  return same ? before : after;
}

/** The revisions it had before, oldest dropped when the text becomes too long. */
function withHistory(history: string | undefined, revision: string): string {
  let revisions = history === undefined || history === '' ? [] : history.split(',');
  while (`${revisions.join()},${revision}`.length > historyLengthMax && revisions.length > 0) {
    revisions = revisions.slice(1);
  }
  return [...revisions, revision].join();
}
