/** Scenario files, and plain manifests taken as one. Mistakes are told in one line. */

import { readManifest, readYaml } from '../../api/manifest.ts';
import { checkManifest, definedBy } from '../../api/manifestcheck.ts';
import type { Draft } from '../../api/meta.ts';
import type { PropagationPolicy } from '../../apiserver/request.ts';
import { UsageError } from '../../errors.ts';
import { signals } from '../../kubelet/node/eviction.ts';
import {
  behaviourFields,
  behaviourMistake,
  durationMs,
} from '../../kubelet/runtime/behaviourtext.ts';
import { readStages } from '../../kubelet/stages/documents.ts';
import { nearest } from '../../nearest.ts';
import type { Staleness } from '../consistency.ts';
import { type Fields, fieldsOf, text } from './fields.ts';
import { parseMetric, parseUsage } from './measured.ts';
import {
  type BehaviourSpec,
  defaultNodes,
  type FirstList,
  type NodeSpec,
  type PatchType,
  type Scenario,
  type Step,
  type Target,
} from './types.ts';

const scenarioFields = [
  'name',
  'about',
  'nodes',
  'behaviour',
  'staleness',
  'firstList',
  'stages',
  'steps',
];

/** Whether a text is a scenario and not a manifest. */
export const looksLikeScenario = (source: string): boolean =>
  /^steps\s*:/m.test(source) && !/^apiVersion\s*:/m.test(source);

/** `file` names the source in errors. */
export function parseScenario(source: string, file: string): Scenario {
  const fields = fieldsOf(readYaml(source, file), scenarioFields, file);
  const staleness = parseStaleness(text(fields, 'staleness', file), `${file}: staleness`);
  const firstList = parseFirstList(text(fields, 'firstList', file), `${file}: firstList`);
  const stages = text(fields, 'stages', file);
  const steps = stepsOf(fields.steps, file);
  const { name, about } = {
    name: text(fields, 'name', file),
    about: text(fields, 'about', file),
  };
  return {
    ...(name === undefined ? {} : { name }),
    ...(about === undefined ? {} : { about }),
    ...(staleness === undefined ? {} : { staleness }),
    ...(firstList === undefined ? {} : { firstList }),
    ...(stages === undefined ? {} : { stages: readStages(stages, `${file}: stages`) }),
    nodes:
      listOf(fields, 'nodes', file)?.map((node, i) => parseNode(node, `${file}: nodes[${i}]`)) ??
      defaultNodes,
    behaviour: (listOf(fields, 'behaviour', file) ?? []).map((one, i) =>
      parseBehaviour(one, `${file}: behaviour[${i}]`),
    ),
    steps,
  };
}

/** Steps without a scenario around them: a list of them, or one. */
export function parseSteps(source: string, file: string): readonly Step[] {
  const given = readYaml(source, file);
  return stepsOf(Array.isArray(given) ? given : [given], file);
}

function stepsOf(steps: unknown, file: string): readonly Step[] {
  if (!Array.isArray(steps)) throw new UsageError(`${file}: steps must be a list of steps`);
  const defined = definedIn(steps, file);
  return steps.map((step, i) => parseStep(step, `${file}: steps[${i}]`, defined));
}

/** A mistake is told. */
export function parseStaleness(given: string | undefined, where: string): Staleness | undefined {
  if (given === undefined || given === 'expectations' || given === 'consistency') return given;
  throw new UsageError(`${where}: must be expectations or consistency, not ${given}`);
}

/** A mistake is told. */
export function parseFirstList(given: string | undefined, where: string): FirstList | undefined {
  if (given === undefined || given === 'confirmed' || given === 'believed') return given;
  throw new UsageError(`${where}: must be confirmed or believed, not ${given}`);
}

/** The objects of manifests, applied to a cluster of its own. */
export function scenarioOf(objects: readonly Draft[], nodes: readonly NodeSpec[]): Scenario {
  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const others = objects.filter(({ kind }) => kind !== 'CustomResourceDefinition');
  const steps: Step[] = [{ type: 'apply', objects: others }];
  // What is defined can be applied when the definitions are established, as with kubectl.
  if (definitions.length > 0) {
    steps.unshift({ type: 'apply', objects: definitions }, { type: 'settle' });
  }
  return { nodes, behaviour: [], steps };
}

function listOf(fields: Fields, name: string, where: string): readonly unknown[] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw new UsageError(`${where}: ${name} must be a list`);
  return value;
}

const thresholdFields = ['evictionHard', 'evictionSoft', 'evictionMinimumReclaim'] as const;
const nodeFields = [
  ...['name', 'labels', 'taints', 'unschedulable', 'cpu', 'memory', 'pods', 'storage', 'pids'],
  'staticPods',
  ...[...thresholdFields, 'evictionSoftGracePeriod', 'evictionMaxPodGracePeriod'],
];

export function parseNode(value: unknown, where: string): NodeSpec {
  const fields = fieldsOf(value, nodeFields, where);
  const name = text(fields, 'name', where);
  if (name === undefined) throw new UsageError(`${where}: name is not set; a node needs one`);
  const [cpu, memory] = [text(fields, 'cpu', where), text(fields, 'memory', where)];
  for (const field of thresholdFields) {
    for (const signal of Object.keys((fields[field] ?? {}) as object)) {
      if (signal in signals) continue;
      throw new UsageError(
        `${where}: ${field}: no signal "${signal}"; expected ${Object.keys(signals).join(', ')}`,
      );
    }
  }
  const { staticPods } = fields;
  return {
    ...(fields as object),
    ...(staticPods === undefined ? {} : { staticPods: podsIn(staticPods, `${where}: staticPods`) }),
    name,
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
  };
}

export function parseBehaviour(value: unknown, where: string): BehaviourSpec {
  const fields = fieldsOf(value, ['image', ...behaviourFields], where);
  if (text(fields, 'image', where) === undefined) {
    throw new UsageError(`${where}: image is not set; "*" stands for every image`);
  }
  const mistake = behaviourMistake(fields);
  if (mistake !== undefined) throw new UsageError(`${where}: ${mistake}`);
  return fields as unknown as BehaviourSpec;
}

/** A duration in ms; a mistake is told. */
export function duration(given: string, where: string): number {
  const ms = durationMs(given);
  if (Number.isNaN(ms)) {
    throw new UsageError(
      `${where}: ${JSON.stringify(given)} is no duration; write 200ms, 3s, 1m or never`,
    );
  }
  return ms;
}

/** What the definitions in all steps define. */
function definedIn(steps: readonly unknown[], file: string): ReadonlySet<string> {
  const texts = steps.flatMap((step) => {
    const { apply, create } = (step ?? {}) as { apply?: unknown; create?: unknown };
    return [apply, create].filter((text) => typeof text === 'string');
  });
  const defining = texts.filter((text) => text.includes('CustomResourceDefinition'));
  return definedBy(
    defining.flatMap((text) => readManifest(text, file).map(({ object }) => object)),
  );
}

const stepNames = [
  'settle',
  'wait',
  'create',
  'apply',
  'patch',
  'delete',
  'evict',
  'usage',
  'metric',
  'addNode',
  'staticPods',
  'deleteNode',
  'crashNode',
  'recoverNode',
];

function parseStep(value: unknown, where: string, defined: ReadonlySet<string>): Step {
  if (value === 'settle') return { type: 'settle' };
  if (typeof value === 'string') throw unknownStep(value, where);
  const fields = fieldsOf(value, stepNames, where);
  const name = Object.keys(fields)[0];
  if (name === undefined) throw new UsageError(`${where}: expected one of ${stepNames.join(', ')}`);
  const at = `${where}.${name}`;
  const body = fields[name];
  switch (name) {
    case 'settle':
      return { type: 'settle' };
    case 'wait':
      return { type: 'wait', ms: duration(String(body), at) };
    case 'create':
    case 'apply': {
      if (typeof body !== 'string')
        throw new UsageError(`${at}: expected manifests as a text block (|)`);
      const manifests = readManifest(body, at);
      for (const manifest of manifests) checkManifest(manifest, at, defined);
      return { type: name, objects: manifests.map(({ object }) => object) };
    }
    case 'patch':
      return parsePatch(body, at);
    case 'delete':
      return parseDelete(body, at);
    case 'evict':
      return { type: 'evict', target: targetOf(fieldsOf(body, targetFields, at), 'Pod', at) };
    case 'usage':
      return { type: 'usage', usage: parseUsage(body, at) };
    case 'metric':
      return { type: 'metric', metric: parseMetric(body, at) };
    case 'addNode':
      return { type: 'addNode', node: parseNode(body, at) };
    case 'staticPods':
      return parseStaticPods(body, at);
    case 'deleteNode':
    case 'crashNode':
    case 'recoverNode':
      return { type: name, name: String(body) };
    default:
      throw unknownStep(name, where);
  }
}

/** Pods as a text of manifests, or as they were read from one. */
function podsIn(given: unknown, where: string): readonly Draft[] {
  const pods =
    typeof given === 'string'
      ? readManifest(given, where).map(({ object }) => object)
      : Array.isArray(given)
        ? (given as readonly Draft[])
        : undefined;
  if (pods === undefined || pods.some((pod) => pod?.kind !== 'Pod' || !pod.metadata?.name)) {
    throw new UsageError(`${where}: must be manifests of Pods`);
  }
  return pods;
}

function parseStaticPods(body: unknown, where: string): Step {
  const fields = fieldsOf(body, ['node', 'manifests'], where);
  const node = text(fields, 'node', where);
  if (node === undefined) throw new UsageError(`${where}: node is not set`);
  const objects = podsIn(fields.manifests ?? '', `${where}: manifests`);
  return { type: 'staticPods', node, objects };
}

function unknownStep(name: string, where: string): UsageError {
  const meant = nearest(name, stepNames);
  const hint = meant === undefined ? `known are ${stepNames.join(', ')}` : `did you mean ${meant}?`;
  return new UsageError(`${where}: unknown step ${JSON.stringify(name)}; ${hint}`);
}

const targetFields = ['kind', 'namespace', 'name', 'selector', 'index', 'recall'];

function targetOf(fields: Fields, kind: string | undefined, where: string): Target {
  const given = text(fields, 'kind', where) ?? kind;
  if (given === undefined) throw new UsageError(`${where}: kind is not set`);
  const { name, selector, recall } = fields;
  if (name === undefined && selector === undefined && recall === undefined) {
    throw new UsageError(`${where}: name, selector with index, or recall must say which object`);
  }
  const target: Record<string, unknown> = { kind: given };
  for (const field of targetFields.slice(1)) {
    if (fields[field] !== undefined) target[field] = fields[field];
  }
  return target as unknown as Target;
}

function parsePatch(body: unknown, where: string): Step {
  const fields = fieldsOf(
    body,
    [...targetFields, 'type', 'patch', 'subresource', 'remember'],
    where,
  );
  if (fields.patch === undefined) throw new UsageError(`${where}: patch is not set`);
  const given = text(fields, 'type', where) ?? 'strategic';
  const patchType =
    /^application\/(strategic-merge|merge|json)-patch\+json$/
      .exec(given)?.[1]
      ?.replace('-merge', '') ?? given;
  if (!['strategic', 'merge', 'json'].includes(patchType)) {
    throw new UsageError(`${where}: type must be strategic, merge or json, not ${given}`);
  }
  const subresource = text(fields, 'subresource', where);
  const remember = text(fields, 'remember', where);
  return {
    type: 'patch',
    target: targetOf(fields, undefined, where),
    patchType: patchType as PatchType,
    patch: fields.patch,
    ...(subresource === undefined ? {} : { subresource }),
    ...(remember === undefined ? {} : { remember }),
  };
}

function parseDelete(body: unknown, where: string): Step {
  const fields = fieldsOf(
    body,
    [...targetFields, 'propagationPolicy', 'gracePeriodSeconds'],
    where,
  );
  const policy = text(fields, 'propagationPolicy', where);
  const grace = fields.gracePeriodSeconds;
  if (policy !== undefined && !['Background', 'Foreground', 'Orphan'].includes(policy)) {
    throw new UsageError(`${where}: propagationPolicy must be Background, Foreground or Orphan`);
  }
  return {
    type: 'delete',
    target: targetOf(fields, undefined, where),
    ...(policy === undefined ? {} : { propagationPolicy: policy as PropagationPolicy }),
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
  };
}
