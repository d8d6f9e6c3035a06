/** Validation of where the volumes of a Pod are in a container: as trees of files, or as devices. */

import { type Fields, listOf, mapping, textOf } from '../fields.ts';
import type { Container } from '../pod/podspec.ts';
import { type Errors, forbidden, invalid, notFound, required, unsupported } from './errors.ts';
import { hasBackstep, validateDescending } from './paths.ts';
import type { Volumes } from './volumes.ts';

const propagations = ['Bidirectional', 'HostToContainer', 'None'];
const recursions = ['Disabled', 'Enabled', 'IfPossible'];

const mountsOf = (container: Container) => listOf(container.volumeMounts);
const devicesOf = (container: Container) =>
  listOf((container as unknown as Fields)['volumeDevices']);

/** Some parts of a mount are blamed on the list as a whole. */
export function validateMounts(
  errors: Errors,
  container: Container,
  field: string,
  volumes: Volumes,
): void {
  const devices = devicesOf(container);
  const paths = new Set<string>();
  mountsOf(container).forEach((mount, i) => {
    const at = `${field}[${i}]`;
    const [name, path] = [textOf(mount['name']), textOf(mount['mountPath'])];
    if (name === '') errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name));
    if (path === '') errors.push(required(`${at}.mountPath`));
    if (paths.has(path)) errors.push(invalid(`${at}.mountPath`, path, 'must be unique'));
    paths.add(path);
    if (devices.some((device) => textOf(device['name']) === name)) {
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'));
    }
    if (devices.some((device) => textOf(device['devicePath']) === path)) {
      const why = 'must not already exist as a path in volumeDevices';
      errors.push(invalid(`${at}.mountPath`, path, why));
    }
    validateSubPaths(errors, mount, at, field);
    validatePropagation(errors, mount, container, `${field}.mountPropagation`);
    validateRecursion(errors, mount, `${field}.recursiveReadOnly`);
  });
}

function validateSubPaths(errors: Errors, mount: Fields, at: string, field: string): void {
  const [subPath, subPathExpr] = [textOf(mount['subPath']), textOf(mount['subPathExpr'])];
  if (subPath !== '') validateDescending(errors, subPath, `${field}.subPath`);
  if (subPathExpr === '') return;
  if (subPath !== '') {
    const why = 'subPathExpr and subPath are mutually exclusive';
    errors.push(invalid(`${at}.subPathExpr`, subPathExpr, why));
  }
  validateDescending(errors, subPathExpr, `${field}.subPathExpr`);
}

function validatePropagation(
  errors: Errors,
  { mountPropagation: how }: Fields,
  { securityContext }: Container,
  at: string,
): void {
  if (how === undefined) return;
  if (!propagations.includes(textOf(how))) errors.push(unsupported(at, how, propagations));
  if (how !== 'Bidirectional' || mapping(securityContext)['privileged'] === true) return;
  const why = 'Bidirectional mount propagation is available only to privileged containers';
  errors.push(forbidden(at, why));
}

function validateRecursion(errors: Errors, mount: Fields, at: string): void {
  const { recursiveReadOnly: how, readOnly, mountPropagation = 'None' } = mount;
  if (how === undefined || how === 'Disabled') return;
  if (!recursions.includes(textOf(how))) {
    errors.push(unsupported(at, how, recursions));
    return;
  }
  if (readOnly !== true) {
    errors.push(forbidden(at, 'may only be specified when readOnly is true'));
  }
  if (mountPropagation === 'None') return;
  const why = 'may only be specified when mountPropagation is None or not specified';
  errors.push(forbidden(at, why));
}

export function validateDevices(
  errors: Errors,
  container: Container,
  field: string,
  volumes: Volumes,
): void {
  const mounts = mountsOf(container);
  const [names, paths] = [new Set<string>(), new Set<string>()];
  devicesOf(container).forEach((device, i) => {
    const at = `${field}[${i}]`;
    const [name, path] = [textOf(device['name']), textOf(device['devicePath'])];
    const volume = volumes.get(name);
    const isClaim = volume?.['persistentVolumeClaim'] ?? volume?.['ephemeral'];
    if (name === '') errors.push(required(`${at}.name`));
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, 'must be unique'));
    if (volume === undefined) errors.push(notFound(`${at}.name`, name));
    else if (isClaim === undefined) {
      const why =
        'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(invalid(`${at}.name`, name, why));
    }
    if (path === '') errors.push(required(`${at}.devicePath`));
    if (paths.has(path)) errors.push(invalid(`${at}.devicePath`, path, 'must be unique'));
    if (hasBackstep(path)) {
      errors.push(invalid(`${at}.devicePath`, path, "can not contain backsteps ('..')"));
    } else paths.add(path);
    if (mounts.some((mount) => textOf(mount['name']) === name)) {
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'));
    }
    if (mounts.some((mount) => textOf(mount['mountPath']) === path)) {
      const why = 'must not already exist as a path in volumeMounts';
      errors.push(invalid(`${at}.devicePath`, path, why));
    }
    if (name !== '') names.add(name);
  });
}
