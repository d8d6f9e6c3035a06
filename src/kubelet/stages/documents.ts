/** Stages as they are given: documents, in a file of their own or among others. */
import { readManifest } from '../../api/manifest.ts';
import type { Draft } from '../../api/meta.ts';
import { isStage, parseStage, type Stage } from './stage.ts';

export type StageDocument = Draft;

/** Every document has to be a Stage. Mistakes are told. */
export function readStages(source: string, where: string): readonly StageDocument[] {
  return readManifest(source, where).map(({ object }) => checked(object, where));
}

/** @throws UsageError */
export function checked(document: Draft, where: string): StageDocument {
  parseStage(document, where);
  return document;
}

export const isStageDocument = (document: Draft): boolean => isStage(document);

export const stagesOf = (documents: readonly StageDocument[]): readonly Stage[] =>
  documents.map((document) => parseStage(document, 'stages'));

/**
 * Where a Stage has Pods run there are no kubelets: Stages are all that becomes of Pods. Others only
 * disturb what kubelets do.
 */
export const standForKubelets = (documents: readonly StageDocument[]): boolean =>
  documents.some((document) => {
    const { resourceRef } = document['spec'] as { readonly resourceRef: { kind: string } };
    return resourceRef.kind === 'Pod' && /phase:\s*["']?Running/.test(JSON.stringify(document));
  });
