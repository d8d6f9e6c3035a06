/** Which Pods an autoscaler's target selects, if it is the only one that scales them (ctl-05 §A.3). */
import { type Key, splitKey } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { type Matches, parseSelector } from '../../api/selectors/selectors.ts';
import type { View } from '../../store/view.ts';
import type { Memory } from './memory.ts';

export type Selection =
  | { readonly matches: Matches; readonly pods: readonly Pod[] }
  | {
      /** Reasons of the Event, and of the condition. */
      readonly event: string;
      readonly reason: string;
      readonly error: string;
      /** What the condition says, where that is not the error. */
      readonly message?: string;
    };

/** `text`: the selector as the scale shows it. */
export function selectionOf(key: Key, text: string, memory: Memory, view: View): Selection {
  if (text === '') {
    return {
      event: 'SelectorRequired',
      reason: 'InvalidSelector',
      error: 'selector is required',
      message: "the HPA target's scale is missing a selector",
    };
  }
  const parsed = parseSelector(text);
  if (!parsed.ok) {
    const error = `couldn't convert selector into a corresponding internal selector object: ${parsed.message}`;
    return { event: 'InvalidSelector', reason: 'InvalidSelector', error };
  }
  const { matches } = parsed;
  memory.of(key).selects = matches;
  const { namespace = '' } = splitKey(key);
  const pods = view
    .by<Pod>('Pod', 'namespace', namespace)
    .filter(({ metadata }) => matches(metadata.labels));
  const rivals = rivalsOver(pods, namespace, memory);
  if (rivals.length <= 1) return { matches, pods };
  const error = `pods by selector ${text} are controlled by multiple HPAs: [${rivals.join(' ')}]`;
  return { event: 'AmbiguousSelector', reason: 'AmbiguousSelector', error };
}

/** Autoscalers of the namespace that were seen to select one of these Pods. */
const rivalsOver = (pods: readonly Pod[], namespace: string, memory: Memory): readonly Key[] =>
  memory.keys
    .filter((key) => {
      const { selects } = memory.of(key);
      if (selects === undefined || !key.startsWith(`${namespace}/`)) return false;
      return pods.some(({ metadata }) => selects(metadata.labels));
    })
    .sort();
