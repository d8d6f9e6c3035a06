/** What a CustomResourceDefinition is made of. */
import type { Condition, KubeObject, ObjectMeta } from '../meta.ts';
import type { Schema } from './schema.ts';

export interface Names {
  readonly plural: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly kind: string;
  readonly listKind?: string;
  readonly categories?: readonly string[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

export interface DefinedVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: Schema };
  readonly subresources?: {
    readonly status?: object;
    readonly scale?: {
      readonly specReplicasPath: string;
      readonly statusReplicasPath: string;
      readonly labelSelectorPath?: string;
    };
  };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

export interface CustomResourceDefinition extends KubeObject {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly group: string;
    readonly names: Names;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly versions: readonly DefinedVersion[];
    readonly conversion?: { readonly strategy: string; readonly webhook?: object };
  };
  readonly status: {
    readonly conditions?: readonly Condition[];
    readonly acceptedNames?: Partial<Names>;
    readonly storedVersions?: readonly string[];
  };
}

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

export const conditionOf = (
  { status }: CustomResourceDefinition,
  type: string,
): Condition | undefined => status?.conditions?.find((condition) => condition.type === type);

/** What the store calls the kind that it defines. */
export const definedKind = ({ spec: { names, group } }: CustomResourceDefinition): string =>
  `${names.kind}.${group}`;
