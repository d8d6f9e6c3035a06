/**
 * Tells of each FlowSchema whether its priority level exists (`Dangling`): a part of the API server, which no more than
 * that decides here (upstream's util/flowcontrol/apf_controller.go).
 */
import { deepEqual } from '../api/equal.ts';
import type { Condition, Key, KubeObject } from '../api/meta.ts';
import type { Requests } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import { withCondition } from './customresourcedefinition.ts';

interface FlowSchema extends KubeObject {
  readonly spec: { readonly priorityLevelConfiguration?: { readonly name?: string } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

const kind = 'FlowSchema';
const level = 'PriorityLevelConfiguration';

const levelOf = ({ spec }: FlowSchema): string => spec.priorityLevelConfiguration?.name ?? '';

export const flowSchemaController = (): Controller => ({
  name: 'api-priority-and-fairness-config-consumer-v1',
  watches: [kind, level],
  keysFor({ key, object }, { queue, view }) {
    if (object.kind === kind) return queue.add(key);
    for (const schema of view.list<FlowSchema>(kind)) {
      if (levelOf(schema) === object.metadata.name) queue.add(schema.metadata.name);
    }
  },
  reconcile,
});

function* reconcile(key: Key, { view, now }: ControllerContext): Requests<Outcome> {
  const schema = view.get<FlowSchema>(kind, key);
  if (schema === undefined) return undefined;
  const name = levelOf(schema);
  const before = schema.status?.conditions ?? [];
  const conditions = withCondition(
    before,
    dangling(name, view.get(level, name) !== undefined),
    now,
  );
  if (deepEqual(conditions, before)) return undefined;
  const object = { ...schema, status: { ...schema.status, conditions } };
  const written = yield* call({ verb: 'update', kind, subresource: 'status', object });
  if (written.ok || ['NotFound', 'Conflict'].includes(written.status.reason)) return undefined;
  return { error: written.status.message };
}

function dangling(name: string, isThere: boolean): Condition {
  const references = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(name)}`;
  const type = 'Dangling';
  return isThere
    ? { type, status: 'False', reason: 'Found', message: `${references} and it exists` }
    : {
        type,
        status: 'True',
        reason: 'NotFound',
        message: `${references} but there is no such object`,
      };
}
