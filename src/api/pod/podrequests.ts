/**
 * What a Pod asks for as a whole, where it does so in part: the rest follows from its containers, and then from its limits
 * (upstream's defaultHugePagePodLimits and defaultPodRequests).
 */

import { isOfPods, type QuantityTexts, quantitiesOf, textsOf, totalOf } from '../quantities.ts';
import type { PodSpec, ResourceRequirements } from './podspec.ts';

const isPages = (name: string): boolean => name.startsWith('hugepages-');

/** After the containers have their own defaults. */
export function withWhole(spec: PodSpec): PodSpec {
  const { resources } = spec;
  if (resources === undefined || resources === null) return spec;
  const { limits: givenLimits = {}, requests: givenRequests = {} } = resources;
  if (Object.keys(givenLimits).length + Object.keys(givenRequests).length === 0) return spec;
  const { resources: _own, ...containersOnly } = spec;
  const of = (part: keyof ResourceRequirements): QuantityTexts =>
    textsOf(totalOf(containersOnly as PodSpec, part));
  const limits = added(givenLimits, of('limits'), isPages);
  const requests =
    Object.keys(limits).length === 0
      ? givenRequests
      : added(
          added(givenRequests, of('requests'), (name) => isOfPods(name) && !isPages(name)),
          limits,
          isOfPods,
        );
  if (limits === givenLimits && requests === givenRequests) return spec;
  return {
    ...spec,
    resources: {
      ...resources,
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
      ...(Object.keys(requests).length === 0 ? {} : { requests }),
    },
  };
}

/** `given` with what it lacks of `more`; itself if it lacks nothing. Amounts that are no quantities add nothing. */
function added(
  given: QuantityTexts,
  more: QuantityTexts,
  counts: (name: string) => boolean,
): QuantityTexts {
  const missing = Object.keys(quantitiesOf(more)).filter(
    (name) => given[name] === undefined && counts(name),
  );
  if (missing.length === 0) return given;
  return { ...given, ...Object.fromEntries(missing.map((name) => [name, more[name]!])) };
}
