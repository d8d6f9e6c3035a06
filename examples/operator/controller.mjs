/** A controller as users write them: a Website becomes a Deployment, and says how many Pods are ready. */
import { call, controllerRef, failed, makeKey } from 'kubestep';

const kind = 'Website.example.com';

export const websiteController = () => ({
  name: 'website-controller',
  watches: [kind, 'Deployment'],
  keysFor({ kind: changed, key, object }, { queue }) {
    if (changed === kind) return queue.add(key);
    const { namespace, ownerReferences = [] } = object.metadata;
    for (const owner of ownerReferences) {
      if (owner.kind === 'Website') queue.add(makeKey(namespace, owner.name));
    }
  },
  *reconcile(key, { view }) {
    const website = view.get(kind, key);
    if (website === undefined || website.metadata.deletionTimestamp !== undefined) return;
    const deployment = view.get('Deployment', key);
    const wanted = deploymentFor(website);
    if (deployment === undefined) {
      const { namespace } = website.metadata;
      const made = yield* call({ verb: 'create', kind: 'Deployment', namespace, object: wanted });
      return made.ok ? undefined : failed(made.status);
    }
    const [container] = deployment.spec.template.spec.containers;
    const { replicas, image } = website.spec;
    if (deployment.spec.replicas !== replicas || container.image !== image) {
      const containers = [{ ...container, image }];
      const template = {
        ...deployment.spec.template,
        spec: { ...deployment.spec.template.spec, containers },
      };
      const object = { ...deployment, spec: { ...deployment.spec, replicas, template } };
      const updated = yield* call({ verb: 'update', kind: 'Deployment', object });
      if (!updated.ok) return failed(updated.status);
    }
    const ready = deployment.status.readyReplicas ?? 0;
    if (website.status?.ready === ready) return undefined;
    const object = { ...website, status: { ready } };
    const told = yield* call({ verb: 'update', kind, subresource: 'status', object });
    return told.ok ? undefined : failed(told.status);
  },
});

function deploymentFor(website) {
  const { name, namespace } = website.metadata;
  const { replicas, image } = website.spec;
  const labels = { website: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, ownerReferences: [controllerRef(website)] },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } },
    },
  };
}
