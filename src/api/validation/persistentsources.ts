/** What PersistentVolumes are made of: as volumes of Pods, but secrets say their namespace. */

import { mapping, textOf } from '../fields.ts';
import { type Errors, invalid, required } from './errors.ts';
import { labelErrors, subdomainErrors } from './names.ts';
import { validateNoBacksteps } from './paths.ts';
import { podSources, type SourceRule, type Sources, validateDriver } from './volumesources.ts';

/** @param needed both parts must be there, and be names */
function validateSecret(errors: Errors, ref: unknown, at: string, needed: boolean): void {
  if (ref === undefined) return;
  const { name, namespace } = mapping(ref);
  if (!name) errors.push(required(`${at}.name`));
  else if (needed) {
    const text = textOf(name);
    for (const error of subdomainErrors(text)) errors.push(invalid(`${at}.name`, text, error));
  }
  if (!needed) return;
  if (!namespace) errors.push(required(`${at}.namespace`));
  else {
    const text = textOf(namespace);
    for (const error of labelErrors(text)) errors.push(invalid(`${at}.namespace`, text, error));
  }
}

const csiSecrets = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
];

const csi: SourceRule = (errors, source, at) => {
  validateDriver(errors, source['driver'], `${at}.driver`);
  if (!source['volumeHandle']) errors.push(required(`${at}.volumeHandle`));
  for (const name of csiSecrets) validateSecret(errors, source[name], `${at}.${name}`, true);
};

const local: SourceRule = (errors, { path }, at) => {
  if (!path) errors.push(required(`${at}.path`));
  else validateNoBacksteps(errors, textOf(path), `${at}.path`);
};

const azureFile: SourceRule = (errors, { secretName, shareName, secretNamespace }, at) => {
  if (!secretName) errors.push(required(`${at}.secretName`));
  if (!shareName) errors.push(required(`${at}.shareName`));
  if (secretNamespace === '') errors.push(required(`${at}.secretNamespace`));
};

const shared = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
];

/** In upstream's order: the first that is there counts. */
export const persistentSources: Sources = {
  ...Object.fromEntries(shared.map((name) => [name, podSources[name]!])),
  gcePersistentDisk: { ...podSources['gcePersistentDisk']!, asSecond: 'gcePersistentDisk' },
  azureFile: { rule: azureFile },
  local: { rule: local },
  storageos: podSources['storageos']!,
  csi: { rule: csi },
};
