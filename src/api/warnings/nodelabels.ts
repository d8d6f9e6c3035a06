/** Old labels of nodes where RuntimeClasses and storage say which nodes they mean (upstream's pkg/api/node). */
import { listOf, mapping } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { labelWarning } from './pod.ts';

const partOf = (object: KubeObject, name: string) =>
  mapping((object as KubeObject & Readonly<Record<string, unknown>>)[name]);

export const runtimeClassWarnings = (runtimeClass: KubeObject): readonly string[] =>
  Object.keys(mapping(partOf(runtimeClass, 'scheduling')['nodeSelector'])).flatMap((key) => {
    const why = labelWarning(key);
    return why === undefined ? [] : [`scheduling.nodeSelector: ${why}`];
  });

export function capacityWarnings(capacity: KubeObject): readonly string[] {
  const { matchExpressions, matchLabels } = partOf(capacity, 'nodeTopology');
  const expressions = listOf(matchExpressions).flatMap(({ key }, i) => {
    const why = labelWarning(String(key));
    const at = `nodeTopology.matchExpressions[${i}].key`;
    return why === undefined ? [] : [`${at}: ${key} is ${why}`];
  });
  const labels = Object.keys(mapping(matchLabels)).flatMap((key) => {
    const why = labelWarning(key);
    return why === undefined ? [] : [`nodeTopology.matchLabels.${key}: ${why}`];
  });
  return [...expressions, ...labels];
}
