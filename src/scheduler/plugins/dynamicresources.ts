/**
 * DynamicResources: Pods with ResourceClaims wait until the claims are there. Without claims it has
 * nothing to do but to say so when no node will do.
 */
import { makeKey } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Plugin } from '../framework.ts';

interface Claiming {
  readonly resourceClaims?: readonly {
    readonly name: string;
    readonly resourceClaimName?: string;
    readonly resourceClaimTemplateName?: string;
  }[];
}

export const dynamicResources: Plugin = {
  name: 'DynamicResources',
  preEnqueue(pod, view) {
    const { resourceClaims = [] } = pod.spec as Claiming;
    for (const { name, resourceClaimName, resourceClaimTemplateName } of resourceClaims) {
      const claim = resourceClaimName ?? generatedName(pod, name);
      if (claim === undefined && resourceClaimTemplateName !== undefined) {
        return `pod "${pod.metadata.namespace}/${pod.metadata.name}": ResourceClaim not created yet`;
      }
      if (claim === undefined) continue;
      if (view.get('ResourceClaim', makeKey(pod.metadata.namespace, claim)) === undefined) {
        return `resourceclaim.resource.k8s.io "${claim}" not found`;
      }
    }
    return undefined;
  },
  hints: [
    { on: ['ResourceClaim/Add', 'ResourceClaim/Update'], helps: (pod) => claims(pod) },
    { on: ['Node/Add', 'Pod/UpdatePodOther'], helps: (pod) => claims(pod) },
  ],
};

const claims = ({ spec }: Pod): boolean => ((spec as Claiming).resourceClaims ?? []).length > 0;

/** The claim that was made of a template for this Pod, once its status says so. */
function generatedName({ status }: Pod, name: string): string | undefined {
  const { resourceClaimStatuses = [] } = status as {
    readonly resourceClaimStatuses?: readonly {
      readonly name: string;
      readonly resourceClaimName?: string;
    }[];
  };
  return resourceClaimStatuses.find((one) => one.name === name)?.resourceClaimName;
}
