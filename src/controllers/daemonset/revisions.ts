/** The history of a DaemonSet (ctl-03 §C.3): the revision of its template now, and older ones. */
import type { ControllerRevision } from '../../api/controllerrevision.ts';
import type { DaemonSet } from '../../api/daemonset.ts';
import { type Draft, keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { hashOfTemplate } from '../hash.ts';
import { isOfTemplate, nextRevision, revisionDraft } from '../history.ts';
import { hashLabel } from './template.ts';

export interface History {
  readonly hash: string;
  readonly old: readonly ControllerRevision[];
}

type Failed = { readonly error: string };

export const hashOf = ({ metadata }: ControllerRevision): string =>
  metadata.labels?.[hashLabel] ?? metadata.name;

/** `revisions` are its own, oldest first. The one of the template is made, or made the newest. */
export function* historyOf(
  ds: DaemonSet,
  revisions: readonly ControllerRevision[],
  pods: readonly Pod[],
  context: ControllerContext,
): Requests<History | Failed> {
  const { template } = ds.spec;
  const current = revisions.filter((revision) => isOfTemplate(revision, template));
  const old = revisions.filter((revision) => !current.includes(revision));
  const number = nextRevision(old);
  const kept = current.at(-1);
  if (kept === undefined) {
    const made = yield* create(ds, number, context);
    return 'error' in made ? made : { hash: hashOf(made), old };
  }
  const error = yield* dropTwins(current.slice(0, -1), hashOf(kept), pods);
  if (error !== undefined) return { error };
  if (kept.revision < number) {
    const object = { ...kept, revision: number };
    const updated = yield* call({ verb: 'update', kind: 'ControllerRevision', object });
    if (!updated.ok) return { error: updated.status.message };
    wrote(ds, updated.object.metadata.resourceVersion, context);
  }
  return { hash: hashOf(kept), old };
}

const wrote = (ds: DaemonSet, resourceVersion: string, { consistency }: ControllerContext): void =>
  consistency.wrote(keyOf(ds), 'ControllerRevision', resourceVersion);

function* create(
  ds: DaemonSet,
  revision: number,
  context: ControllerContext,
): Requests<ControllerRevision | Failed> {
  const hash = hashOfTemplate(ds.spec.template, ds.status.collisionCount);
  const object = revisionOf(ds, revision, hash);
  const named = { kind: 'ControllerRevision', namespace: ds.metadata.namespace! };
  const created = yield* call<ControllerRevision>({ verb: 'create', ...named, object });
  if (created.ok) {
    wrote(ds, created.object.metadata.resourceVersion, context);
    return created.object;
  }
  if (created.status.reason !== 'AlreadyExists') return { error: created.status.message };
  const name = object.metadata.name!;
  const found = yield* call<ControllerRevision>({ verb: 'get', ...named, name });
  if (!found.ok) return { error: found.status.message };
  if (isOfTemplate(found.object, ds.spec.template)) return found.object;
  const error = yield* countCollision(ds);
  return { error: error ?? created.status.message };
}

/** Named by the hash of the template, as ReplicaSets are. */
function revisionOf(ds: DaemonSet, revision: number, hash: string): Draft<ControllerRevision> {
  const { metadata, ...draft } = revisionDraft(ds, revision, hash);
  const labels = { ...ds.spec.template.metadata?.labels, [hashLabel]: hash };
  return { ...draft, metadata: { ...metadata, labels } };
}

/** Another template has this hash: the next attempt takes another one. */
function* countCollision({ metadata, status }: DaemonSet): Requests<string | undefined> {
  const { namespace, name } = metadata;
  const named = { kind: 'DaemonSet', namespace: namespace!, name };
  const live = yield* call<DaemonSet>({ verb: 'get', ...named });
  if (!live.ok) return live.status.message;
  const { collisionCount = 0 } = live.object.status;
  if (collisionCount !== (status.collisionCount ?? 0)) {
    return `found a stale collision count (${status.collisionCount ?? 0}, expected ${collisionCount}) of DaemonSet "${name}" while processing; will retry until it is updated`;
  }
  const object = {
    ...live.object,
    status: { ...live.object.status, collisionCount: collisionCount + 1 },
  };
  const updated = yield* call({ verb: 'update', kind: 'DaemonSet', object, subresource: 'status' });
  return updated.ok ? undefined : updated.status.message;
}

/** Several revisions are of one template: all Pods, older ones too, follow the one that is kept. Returns an error. */
function* dropTwins(
  twins: readonly ControllerRevision[],
  hash: string,
  pods: readonly Pod[],
): Requests<string | undefined> {
  for (const twin of twins) {
    for (const { metadata } of pods) {
      if (metadata.labels?.[hashLabel] === hash) continue;
      const relabelled = yield* call({
        verb: 'patch',
        kind: 'Pod',
        namespace: metadata.namespace!,
        name: metadata.name,
        patchType: 'merge',
        patch: { metadata: { labels: { [hashLabel]: hash } } },
      });
      if (!relabelled.ok) return relabelled.status.message;
    }
    const { namespace, name } = twin.metadata;
    const named = { kind: 'ControllerRevision', namespace: namespace!, name };
    const deleted = yield* call({ verb: 'delete', ...named });
    if (!deleted.ok && deleted.status.reason !== 'NotFound') return deleted.status.message;
  }
  return undefined;
}
