/**
 * `pods/ephemeralcontainers`: containers that are added to a Pod that is there, to look around in it.
 * They are never taken away again (pkg/apis/core/validation, pkg/registry/core/pod).
 */
import { semanticDeepEqual } from '../equal.ts';
import { type Fields, listOf } from '../fields.ts';
import type { FieldError } from '../kind.ts';
import { validateContainer } from '../validation/container.ts';
import { duplicate, forbidden, invalid, notFound } from '../validation/errors.ts';
import { mirrorKey } from '../validation/podannotations.ts';
import { claimNamesOf } from '../validation/podresources.ts';
import { validateVolumes } from '../validation/volumes.ts';
import type { Pod } from './pod.ts';
import type { Container } from './podspec.ts';

const field = 'spec.ephemeralContainers';
const notAllowed = 'cannot be set for an Ephemeral Container';

/** Fields of other containers, in the order of the type. */
const disallowed = [
  ...['ports', 'resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules'],
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'],
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
  const { spec } = next;
  const { ephemeralContainers = [], containers, initContainers = [] } = spec;
  const others = [...containers, ...initContainers].map(({ name }) => name);
  const names = new Set(others);
  const errors: FieldError[] = [];
  const around = { spec, volumes: validateVolumes([], spec, ''), claims: claimNamesOf(spec) };
  ephemeralContainers.forEach((container, i) => {
    const path = `${field}[${i}]`;
    validateContainer(errors, container, path, around);
    const { name = '', image = '' } = container;
    if (image.trim() !== image) {
      const why = 'must not have leading or trailing whitespace';
      errors.push(invalid(`${path}.image`, image, why));
    }
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    errors.push(...ownErrors(container, path, others));
  });
  for (const old of current.spec.ephemeralContainers ?? []) {
    const now = ephemeralContainers.find(({ name }) => name === old.name);
    const named = `existing ephemeral containers ${JSON.stringify(old.name)} may not be`;
    if (now === undefined) errors.push(forbidden(field, `${named} removed\n`));
    else if (!semanticDeepEqual(old, now)) errors.push(forbidden(field, `${named} changed\n`));
  }
  return errors;
}

function ownErrors(
  container: Container,
  path: string,
  others: readonly string[],
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { targetContainerName: target } = container as { targetContainerName?: string };
  if (target && !others.includes(target)) {
    errors.push(notFound(`${path}.targetContainerName`, target));
  }
  for (const name of disallowed) {
    const value = (container as unknown as Fields)[name];
    const isEmpty =
      value === undefined ||
      (typeof value === 'object' && Object.keys(value as object).length === 0);
    if (!isEmpty) errors.push(forbidden(`${path}.${name}`, notAllowed));
  }
  listOf(container.volumeMounts).forEach((mount, i) => {
    for (const part of ['subPath', 'subPathExpr']) {
      if (mount[part]) errors.push(forbidden(`${path}.volumeMounts[${i}].${part}`, notAllowed));
    }
  });
  return errors;
}
