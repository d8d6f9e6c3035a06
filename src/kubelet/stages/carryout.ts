/** What a Stage does, as requests. */
import { kindNameOf } from '../../api/index.ts';
import type { Draft, KubeObject } from '../../api/meta.ts';
import { isObject } from '../../api/patch/merge.ts';
import type { Request, Response } from '../../apiserver/request.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import type { Deed } from './steps.ts';

type Written = Exclude<Deed, { kind: 'event' }>;

/** KWOK knows these by their Go types, whose lists are merged. */
const merged = new Set(['Node', 'Pod']);

/** Returns why it was refused; that the object has gone is as good as done. */
export function* carryOut(
  kind: string,
  { metadata: { namespace, name } }: KubeObject,
  deed: Written,
): Requests<string | undefined> {
  const named = { kind, ...(namespace === undefined ? {} : { namespace }), name };
  if (deed.kind === 'delete') {
    return refusal(yield* call({ verb: 'delete', ...named, options: { gracePeriodSeconds: 0 } }));
  }
  if (deed.kind === 'apply') return yield* apply(deed.data as Draft, deed);
  if (!isObject(deed.data) && !Array.isArray(deed.data)) return undefined;
  const { type = merged.has(kind) ? 'strategic' : 'merge' } = deed;
  return refusal(yield* call(patchOf(named, type, deed.data, deed.subresource)));
}

type Named = { readonly kind: string; readonly namespace?: string; readonly name: string };

const patchOf = (
  named: Named,
  patchType: 'merge' | 'strategic' | 'json',
  patch: unknown,
  subresource: string | undefined,
): Request => ({
  verb: 'patch',
  ...named,
  patchType,
  patch,
  ...(subresource === undefined ? {} : { subresource }),
});

/** The object is changed if it is there, and made if not. */
function* apply(object: Draft, { type, subresource }: Written & { kind: 'apply' }) {
  const { namespace, name = '' } = object.metadata;
  const kind = kindNameOf(object);
  const named = { kind, ...(namespace === undefined ? {} : { namespace }), name };
  const patchType = type ?? 'merge';
  const patched: Response = yield* call(patchOf(named, patchType, object, subresource));
  if (patched.ok || patched.status.reason !== 'NotFound' || subresource !== undefined) {
    return refusal(patched);
  }
  const place = namespace === undefined ? {} : { namespace };
  return refusal(yield* call({ verb: 'create', kind, ...place, object }));
}

function refusal(response: Response): string | undefined {
  if (response.ok || response.status.reason === 'NotFound') return undefined;
  return response.status.message;
}
