/** ConfigMaps: settings that Pods read. */
import { ageColumn, column, nameColumn } from './columns/column.ts';
import type { Kind } from './kind.ts';
import type { KubeObject, Labels, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { filled } from './pod/poddefaults.ts';
import { sizeOf, validateConfigMap, validateConfigMapUpdate } from './validation/configdata.ts';

export interface ConfigMap extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly metadata: ObjectMeta;
  readonly data?: Labels;
  /** Base64. */
  readonly binaryData?: Labels;
  readonly immutable?: boolean;
}

export const configMapKind: Kind<ConfigMap> = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  resource: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  subresources: [],
  hasStatus: false,
  defaults: (map) => filled(normalized(map, 'core.v1.ConfigMap'), { metadata: map.metadata }),
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  columns: [
    nameColumn,
    column('Data', ({ data, binaryData }) => sizeOf(data) + sizeOf(binaryData)),
    ageColumn,
  ],
};
