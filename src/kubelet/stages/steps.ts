/** What a Stage does to its object, one step after the other; templates are filled in when it does. */
import { readYaml } from '../../api/manifest.ts';
import type { KubeObject } from '../../api/meta.ts';
import { setOwn } from '../../api/patch/merge.ts';
import { functionNames } from './functions.ts';
import { Mistake } from './mistake.ts';
import { type Functions, render, unknownFunction } from './render.ts';
import { type Part, parseTemplate, TemplateError } from './template.ts';

type Json = Readonly<Record<string, unknown>>;
export type StagePatchType = 'json' | 'merge' | 'strategic';

/** As it is to be carried out. */
export type Deed =
  | {
      readonly kind: 'event';
      readonly type: 'Normal' | 'Warning';
      readonly reason: string;
      readonly message: string;
    }
  | {
      readonly kind: 'patch';
      /** Undefined: what is usual for the kind. */
      readonly type?: StagePatchType;
      readonly subresource?: string;
      readonly data: unknown;
    }
  /** Another object is made, or changed. `type` undefined: server-side apply. */
  | {
      readonly kind: 'apply';
      readonly type?: StagePatchType;
      readonly subresource?: string;
      readonly data: unknown;
    }
  | { readonly kind: 'delete' };

/** Deeds for an object as it is, with functions that know the cluster. */
export type Step = (object: KubeObject, functions: Functions) => readonly Deed[];

/** `spec.steps`, or what `spec.next` says in the older way. */
export function stepsOf({ steps, next }: Json): readonly Step[] {
  if (Array.isArray(steps)) return (steps as readonly Json[]).flatMap(stepOf);
  return next === undefined ? [] : ofNext(next as Json);
}

function ofNext(next: Json): readonly Step[] {
  const { event, finalizers, statusTemplate, statusSubresource = 'status', patches } = next;
  if (next['delete'] === true) return stepOf({ event, finalizers, delete: true });
  const status =
    statusTemplate === undefined
      ? []
      : [{ root: 'status', subresource: statusSubresource, template: statusTemplate } as Json];
  const all = [...((patches ?? []) as readonly Json[]), ...status];
  return [...stepOf({ event, finalizers }), ...all.flatMap((patch) => stepOf({ patch }))];
}

function stepOf(step: Json): readonly Step[] {
  const { event, finalizers, patch, apply } = step;
  const parts: Step[] = [];
  if (event !== undefined) parts.push(eventOf(event as Json));
  if (finalizers !== undefined) parts.push(finalizersOf(finalizers as Json));
  if (step['delete'] === true) return [...parts, () => [{ kind: 'delete' }]];
  if (patch !== undefined) parts.push(changeOf('patch', patch as Json));
  if (apply !== undefined) parts.push(changeOf('apply', apply as Json));
  return parts;
}

function eventOf({ type = 'Normal', reason = '', message = '' }: Json): Step {
  const deed = {
    kind: 'event',
    type: type as 'Normal',
    reason: String(reason),
    message: String(message),
  } as const;
  return () => [deed];
}

interface JsonPatch {
  readonly op: 'add' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

function finalizersOf({ add = [], remove = [], empty = false }: Json): Step {
  const values = (items: unknown) => (items as readonly { value: string }[]).map((i) => i.value);
  const [added, removed] = [values(add), values(remove)];
  return ({ metadata }) => {
    const has = metadata.finalizers ?? [];
    const data: JsonPatch[] = [];
    const going = has.filter((one) => removed.includes(one));
    const isEmptied = empty === true || (removed.length > 0 && going.length === has.length);
    if (isEmptied && has.length > 0) data.push({ op: 'remove', path: '/metadata/finalizers' });
    if (!isEmptied) {
      for (let place = has.length - 1; place >= 0; place--) {
        if (!removed.includes(has[place]!)) continue;
        data.push({ op: 'remove', path: `/metadata/finalizers/${place}` });
      }
    }
    const left = isEmptied ? [] : has;
    if (left.length === 0 && added.length > 0) {
      data.push({ op: 'add', path: '/metadata/finalizers', value: added });
    } else {
      for (const value of added) {
        if (!left.includes(value)) data.push({ op: 'add', path: '/metadata/finalizers/-', value });
      }
    }
    return data.length === 0 ? [] : [{ kind: 'patch', type: 'json', data }];
  };
}

const patchTypes: readonly unknown[] = [undefined, 'json', 'merge', 'strategic'];

function changeOf(kind: 'patch' | 'apply', change: Json): Step {
  const { root, type, subresource, template } = change;
  if (!patchTypes.includes(type)) throw new Mistake(`unknown patch type "${type}"`);
  if (typeof template !== 'string') throw new Mistake(`a ${kind} has no template`);
  const parts = parsed(template);
  return (object, functions) => {
    const value = readYaml(render(parts, object, functions), 'template') ?? null;
    const data = root === undefined || root === '' ? value : wrapped(String(root), value, type);
    return [
      {
        kind,
        ...(type === undefined ? {} : { type: type as StagePatchType }),
        ...(subresource === undefined || subresource === ''
          ? {}
          : { subresource: String(subresource) }),
        data,
      },
    ];
  };
}

/** Paths of a JSON patch begin at the root; other patches are put below it. */
function wrapped(root: string, value: unknown, type: unknown): unknown {
  if (type === 'json') {
    return (value as readonly { readonly path: string }[]).map((operation) => ({
      ...operation,
      path: `/${root}${operation.path}`,
    }));
  }
  const data: Record<string, unknown> = {};
  setOwn(data, root, value);
  return data;
}

function parsed(template: string): readonly Part[] {
  try {
    const parts = parseTemplate(template);
    const unknown = unknownFunction(parts, functionNames);
    if (unknown !== undefined) throw new TemplateError(`function "${unknown}" not defined`);
    return parts;
  } catch (error) {
    if (error instanceof TemplateError) throw new Mistake(`template: ${error.message}`);
    throw error;
  }
}
