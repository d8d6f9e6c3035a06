/**
 * ControllerRevisions (ctl-03 §A): what a template was, so that Pods of an older one can be made
 * again, and a template that comes back is known.
 */
import type { ControllerRevision } from '../api/controllerrevision.ts';
import { deepEqual, semanticDeepEqual } from '../api/equal.ts';
import { controllerOf, controllerRef, type Draft, type KubeObject } from '../api/meta.ts';
import { defaultTemplate } from '../api/pod/poddefaults.ts';
import type { LabelSelector, PodTemplateSpec } from '../api/pod/podspec.ts';
import { selectorOf } from '../api/selectors/selectors.ts';
import type { Requests } from '../sim/component.ts';
import { call } from '../sim/controller.ts';
import type { View } from '../store/view.ts';

/** Whoever keeps its history in ControllerRevisions. */
export interface Versioned extends KubeObject {
  readonly spec: { readonly template: PodTemplateSpec; readonly selector: LabelSelector };
}

interface RevisionData {
  readonly spec: { readonly template: PodTemplateSpec & { readonly $patch: 'replace' } };
}

/** What a revision keeps: a patch that replaces the whole template. */
export const revisionData = (template: PodTemplateSpec): RevisionData => ({
  spec: { template: { $patch: 'replace', ...template } },
});

/** The template that a revision was made of. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { $patch: _directive, ...template } = (data as RevisionData).spec.template;
  return template;
}

/** Oldest first. The order is total, or the newest would be another one each time. */
export const byRevision = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision ||
  compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
  compare(a.metadata.name, b.metadata.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The number of the next revision; `revisions` in order. */
export const nextRevision = (revisions: readonly ControllerRevision[]): number =>
  (revisions.at(-1)?.revision ?? 0) + 1;

export const isOfTemplate = (revision: ControllerRevision, template: PodTemplateSpec): boolean =>
  deepEqual(revision.data, revisionData(template));

/** Equal but for defaults that did not exist when the revision was written. */
export const meansTemplate = (revision: ControllerRevision, template: PodTemplateSpec): boolean =>
  semanticDeepEqual(defaultTemplate(templateOf(revision)), template);

/** Those of an owner, and those of nobody that its selector matches; oldest first. */
export function revisionsOf(owner: Versioned, view: View): readonly ControllerRevision[] {
  const { uid, namespace = '' } = owner.metadata;
  const matches = selectorOf(owner.spec.selector);
  const own = view.by<ControllerRevision>('ControllerRevision', 'controller', uid);
  const free = view.by<ControllerRevision>('ControllerRevision', 'controller', `none/${namespace}`);
  return [...own, ...free].filter(({ metadata }) => matches(metadata.labels)).sort(byRevision);
}

export const isOrphan = (revision: ControllerRevision): boolean =>
  controllerOf(revision) === undefined;

const hashLabel = 'controller.kubernetes.io/hash';
const prefixMax = 223;

/** A revision that is not stored yet. */
export const revisionDraft = (
  owner: Versioned,
  revision: number,
  hash: string,
): Draft<ControllerRevision> => {
  const { name, namespace, annotations } = owner.metadata;
  const { template } = owner.spec;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name.slice(0, prefixMax)}-${hash}`,
      namespace: namespace!,
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerRef(owner)],
    },
    data: revisionData(template),
    revision,
  };
};

/** Those beyond the limit that nothing refers to, oldest first. */
export function surplusRevisions(
  revisions: readonly ControllerRevision[],
  live: ReadonlySet<string>,
  limit: number,
): readonly ControllerRevision[] {
  const idle = revisions.filter(({ metadata: { name } }) => !live.has(name));
  return limit < 0 ? [] : idle.slice(0, Math.max(0, idle.length - limit));
}

/** Deletes them; returns an error. */
export function* deleteRevisions(
  revisions: readonly ControllerRevision[],
): Requests<string | undefined> {
  for (const { metadata } of revisions) {
    const { namespace, name } = metadata;
    const named = { kind: 'ControllerRevision', namespace: namespace!, name };
    const deleted = yield* call({ verb: 'delete', ...named });
    if (!deleted.ok && deleted.status.reason !== 'NotFound') return deleted.status.message;
  }
  return undefined;
}
