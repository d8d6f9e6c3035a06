/** A cluster that serves Widgets, which a definition defines. */
import * as assert from 'uvu/assert';
import type { Request, Response } from '../../src/apiserver/request.ts';
import { Cluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import type { Any } from './cluster.ts';

export const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        color: { type: 'string', enum: ['red', 'blue'] },
        extra: { type: 'string' },
        items: {
          type: 'array',
          items: {
            type: 'object',
            required: ['k'],
            properties: { k: { type: 'string' }, v: { type: 'string' } },
          },
          'x-kubernetes-list-map-keys': ['k'],
          'x-kubernetes-list-type': 'map',
        },
        replicas: { type: 'integer' },
        size: { type: 'integer', default: 3, minimum: 1 },
      },
      'x-kubernetes-validations': [{ rule: 'self.size < 100', message: 'too big' }],
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};

export const version = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: schema },
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  },
  selectableFields: [{ jsonPath: '.spec.color' }],
};

export const names = { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'] };

export const definition = (spec: object = {}, name = 'widgets.ex.io'): Any => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: { group: 'ex.io', scope: 'Namespaced', names, versions: [version], ...spec },
});

export const widget = (name: string, spec: object, more: object = {}): Any => ({
  apiVersion: 'ex.io/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
  ...more,
});

export const crd = 'CustomResourceDefinition';
export const kind = 'Widget.ex.io';
export const named = (name: string) => ({ kind, namespace: 'default', name });

export class Served {
  readonly cluster = new Cluster({ events: false });

  constructor(...definitions: Any[]) {
    for (const object of definitions) this.ok({ verb: 'create', kind: crd, object });
    this.settle();
  }

  send(request: Request): Response {
    return this.cluster.simulation.submit(request, 'user');
  }

  ok(request: Request): Any {
    const response = this.send(request);
    assert.ok(response.ok, response.ok ? '' : response.status.message);
    return response.ok ? (response.object ?? response.list) : undefined;
  }

  refused(request: Request): Any {
    const response = this.send(request);
    assert.not(response.ok, 'was accepted');
    return (response as { status: unknown }).status;
  }

  create(object: Any): Any {
    return this.ok({ verb: 'create', kind, object });
  }

  settle(): void {
    assert.is(settle(this.cluster.simulation).type, 'rest');
  }

  conditions(name = 'widgets.ex.io'): readonly string[] {
    const { status } = this.cluster.simulation.store.get<Any>(crd, name);
    return status.conditions.map(({ type, status: is, reason }: Any) => `${type}=${is} ${reason}`);
  }
}
