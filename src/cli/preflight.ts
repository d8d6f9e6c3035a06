/** What the API server would refuse of a manifest is a mistake in it, and is told before anything runs. */
import { kindIn } from '../api/custom/index.ts';
import { kindNameOf } from '../api/index.ts';
import type { ManifestObject } from '../api/manifest.ts';
import { lineOfField } from '../api/manifestcheck.ts';
import type { Status } from '../api/status.ts';
import { UsageError } from '../errors.ts';
import { Cluster } from '../sim/cluster.ts';

export interface Given {
  readonly manifest: ManifestObject;
  readonly file: string;
}

/** Creates the objects in a cluster without nodes that is thrown away. */
export function preflight(given: readonly Given[]): void {
  const { simulation } = new Cluster({ events: false });
  // Definitions first: what they define is judged by them.
  const ordered = [...given].sort((a, b) => Number(isDefinition(b)) - Number(isDefinition(a)));
  for (const { manifest, file } of ordered) {
    const { object } = manifest;
    const { metadata } = object;
    const kind = kindNameOf(object);
    const namespaced = kindIn(kind, simulation.store.view())?.namespaced ?? true;
    const namespace = namespaced ? { namespace: metadata.namespace ?? 'default' } : {};
    const response = simulation.submit({
      verb: 'create',
      kind,
      object,
      fieldValidation: 'Strict',
      ...namespace,
    });
    // An object that is given twice is applied twice: the second changes the first.
    if (isDefinition({ manifest, file })) while (simulation.calm());
    if (response.ok || response.status.reason === 'AlreadyExists') continue;
    throw new UsageError(
      `${file}:${lineOf(response.status, manifest)}: ${response.status.message}`,
    );
  }
}

const isDefinition = ({ manifest }: Given): boolean =>
  manifest.object.kind === 'CustomResourceDefinition';

const lineOf = ({ details }: Status, manifest: ManifestObject): number =>
  lineOfField(details?.causes?.[0]?.field ?? '', manifest);
