/** Reads the plan in the head of a log: whoever wrote the file, what is played is a plan. */
import { decode } from '../api/decode.ts';
import type { Draft } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import { checked } from '../kubelet/stages/documents.ts';
import { schedulerOptionsOf } from '../scheduler/configuration/configuration.ts';
import type { Plan } from '../sim/run.ts';
import { parseBehaviour, parseNode } from '../sim/scenario/parse.ts';
import type { Scenario, Step } from '../sim/scenario/types.ts';
import type { Strategy } from '../sim/strategy.ts';

type Fields = Readonly<Record<string, unknown>>;

export function parsePlan(value: unknown, where: string): Plan {
  const damaged = (what: string) =>
    new UsageError(`${where}: the plan in its head is damaged (${what}); use an intact copy`);
  const check = (holds: boolean, what: string): void => {
    if (!holds) throw damaged(what);
  };
  const plan = mapping(value);
  check(isCount(plan['seed']), 'seed');
  check(isCount(plan['horizonMs']), 'horizonMs');
  check(['typical', 'standIn'].includes(plan['kubelet'] as string), 'kubelet');
  check(typeof plan['heartbeats'] === 'boolean', 'heartbeats');
  check(
    [undefined, 'expectations', 'consistency'].includes(plan['staleness'] as string),
    'staleness',
  );
  const lists = [undefined, 'confirmed', 'believed'];
  check(lists.includes(plan['firstList'] as string), 'firstList');
  check(isStrategy(mapping(plan['strategy']) as unknown as Strategy), 'strategy');
  const config = plan['schedulerConfig'];
  if (config !== undefined) schedulerOptionsOf(config, `${where}: schedulerConfig`);
  const scenario = mapping(plan['scenario']);
  const { nodes, behaviour, steps } = scenario;
  check(Array.isArray(nodes) && Array.isArray(behaviour) && Array.isArray(steps), 'scenario');
  for (const stage of (scenario['stages'] ?? []) as readonly Draft[]) checked(stage, where);
  for (const [i, node] of (nodes as unknown[]).entries()) parseNode(node, `${where}: nodes[${i}]`);
  for (const [i, one] of (behaviour as unknown[]).entries())
    parseBehaviour(one, `${where}: behaviour[${i}]`);
  for (const [i, step] of (steps as Scenario['steps']).entries())
    check(isStep(mapping(step) as unknown as Step), `steps[${i}]`);
  return plan as unknown as Plan;
}

const mapping = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function isStrategy(strategy: Strategy): boolean {
  switch (strategy.type) {
    case 'calm':
      return true;
    case 'random':
      return isCount(strategy.seed) && isCount(strategy.moves);
    case 'choices':
      return Array.isArray(strategy.list) && strategy.list.every(isCount);
    default:
      return false;
  }
}

function isStep(step: Step): boolean {
  switch (step.type) {
    case 'settle':
      return true;
    case 'wait':
      return isCount(step.ms);
    case 'create':
    case 'apply':
      return Array.isArray(step.objects) && step.objects.every(isDraft);
    case 'patch':
    case 'delete':
    case 'evict':
      return isTarget(step.target);
    case 'addNode':
      return typeof mapping(step.node)['name'] === 'string';
    case 'staticPods':
      return typeof step.node === 'string' && Array.isArray(step.objects);
    case 'deleteNode':
    case 'crashNode':
    case 'recoverNode':
      return typeof step.name === 'string';
    default:
      return false;
  }
}

const isTarget = (target: unknown): boolean => {
  const { kind, name, namespace, selector, recall } = mapping(target);
  const isText = (value: unknown) => value === undefined || typeof value === 'string';
  return typeof kind === 'string' && [name, namespace, selector, recall].every(isText);
};

function isDraft(object: unknown): boolean {
  const { apiVersion, kind, metadata } = mapping(object);
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false;
  if (typeof metadata !== 'object' || metadata === null) return false;
  return decode(object, apiVersion, kind).mismatch === undefined;
}
