/** The kind that the reference operator is for. */
import type { Draft, KubeObject } from '../../src/api/meta.ts';

export interface Database extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly image: string;
    readonly storage: string;
    /** A feature that can be switched on and off. */
    readonly monitoring?: { readonly port: number };
  };
  readonly status?: {
    readonly ready: number;
    readonly phase: string;
    readonly observedGeneration: number;
  };
}

/** As the store calls it. */
export const databaseKind = 'Database.example.com';

export const databaseDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'databases.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'databases', kind: 'Database' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  replicas: { type: 'integer', minimum: 0, default: 1 },
                  image: { type: 'string', default: 'db:1' },
                  storage: { type: 'string', default: '1Gi' },
                  monitoring: { type: 'object', properties: { port: { type: 'integer' } } },
                },
              },
              status: {
                type: 'object',
                properties: {
                  ready: { type: 'integer' },
                  phase: { type: 'string' },
                  observedGeneration: { type: 'integer' },
                  seen: { type: 'string' },
                },
              },
            },
          },
        },
      },
    ],
  },
} as unknown as Draft;

export const database = (name: string, spec: Partial<Database['spec']>): Draft =>
  ({
    apiVersion: 'example.com/v1',
    kind: 'Database',
    metadata: { name },
    spec: { replicas: 2, image: 'db:1', storage: '1Gi', ...spec },
  }) as Draft;
