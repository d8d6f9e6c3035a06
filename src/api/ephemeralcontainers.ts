/**
 * `pods/ephemeralcontainers`: containers that are added to a Pod that is there, to look around in it.
 * They are never taken away again (pkg/apis/core/validation, pkg/registry/core/pod).
 */
import { semanticDeepEqual } from './equal.ts';
import type { FieldError } from './kind.ts';
import type { Pod } from './pod.ts';
import type { Container } from './podspec.ts';
import { duplicate, forbidden, notFound, required } from './validation/errors.ts';

const field = 'spec.ephemeralContainers';
const mirrorKey = 'kubernetes.io/config.mirror';
const notAllowed = 'cannot be set for an Ephemeral Container';

type Fields = Readonly<Record<string, unknown>>;

/** Fields of other containers, in the order in which they are looked at. */
const disallowed = [
  ...['lifecycle', 'livenessProbe', 'ports', 'readinessProbe', 'resources', 'resizePolicy'],
  'startupProbe',
];

/** Whatever else the body says is left out. */
export function withEphemeralContainers(next: Pod, current: Pod): Pod {
  const { ephemeralContainers: added } = next.spec;
  const { ephemeralContainers: _old, ...spec } = current.spec;
  return {
    ...current,
    spec: added === undefined ? spec : { ...spec, ephemeralContainers: added },
  };
}

export function validateEphemeralUpdate(next: Pod, current: Pod): readonly FieldError[] {
  if (current.metadata.annotations?.[mirrorKey] !== undefined) {
    return [forbidden('', 'static pods do not support ephemeral containers')];
  }
  const { ephemeralContainers = [], containers, initContainers = [] } = next.spec;
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  const errors = ephemeralContainers.flatMap((container, i) =>
    containerErrors(container, `${field}[${i}]`, names, containers),
  );
  for (const old of current.spec.ephemeralContainers ?? []) {
    const now = ephemeralContainers.find(({ name }) => name === old.name);
    const named = `existing ephemeral containers ${JSON.stringify(old.name)} may not be`;
    if (now === undefined) errors.push(forbidden(field, `${named} removed\n`));
    else if (!semanticDeepEqual(old, now)) errors.push(forbidden(field, `${named} changed\n`));
  }
  return errors;
}

function containerErrors(
  container: Container,
  path: string,
  names: Set<string>,
  containers: readonly Container[],
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { name, image } = container;
  if (!name) errors.push(required(`${path}.name`));
  else if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
  names.add(name);
  if (!image?.trim()) errors.push(required(`${path}.image`));
  const { targetContainerName: target } = container as { targetContainerName?: string };
  if (target && !containers.some((one) => one.name === target)) {
    errors.push(notFound(`${path}.targetContainerName`, target));
  }
  for (const name of disallowed) {
    const value = (container as unknown as Fields)[name];
    const isEmpty = value === undefined || Object.keys(value as object).length === 0;
    if (!isEmpty) errors.push(forbidden(`${path}.${name}`, notAllowed));
  }
  if (container.restartPolicy !== undefined) {
    errors.push(forbidden(`${path}.restartPolicy`, 'may not be set for ephemeral containers'));
  }
  return errors;
}
