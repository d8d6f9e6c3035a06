/** By what a Deployment's ReplicaSets are told apart: the hash of their template, and their revision. */
import type { ReplicaSet } from '../../src/api/replicaset.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import { onWriteOf } from '../rule.ts';

const by = 'deployment-controller';
const hashLabel = 'pod-template-hash';
const revisionKey = 'deployment.kubernetes.io/revision';

export const labelled = onWriteOf(
  ['ReplicaSet'],

  'D-S8',
  'label, selector, template label and name carry the same hash',
  (entry) => {
    if (entry.by !== by || entry.kind !== 'ReplicaSet' || entry.before !== undefined)
      return undefined;
    const { metadata, spec } = entry.after as ReplicaSet;
    const hash = metadata.labels?.[hashLabel];
    const same =
      hash !== undefined &&
      spec.selector.matchLabels?.[hashLabel] === hash &&
      spec.template.metadata?.labels?.[hashLabel] === hash &&
      metadata.name.endsWith(`-${hash}`);
    return same ? undefined : `${metadata.name} does not carry one hash`;
  },
);

export const revisionsGrow = onWriteOf(
  ['ReplicaSet'],

  'D-S9b',
  'the revision of a ReplicaSet never falls',
  (entry) => {
    if (entry.by !== by || entry.kind !== 'ReplicaSet') return undefined;
    const of = (rs: WriteEntry['before']) => Number(rs?.metadata.annotations?.[revisionKey] ?? 0);
    if (entry.after === undefined || of(entry.after) >= of(entry.before)) return undefined;
    return `${entry.key} went from revision ${of(entry.before)} to ${of(entry.after)}`;
  },
);
