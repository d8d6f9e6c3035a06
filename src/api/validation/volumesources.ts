/** Validation of what single volumes are made of (upstream's `validate…VolumeSource`). */

import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import { parseQuantity } from '../quantity.ts';
import { validateDownwardFile } from './downward.ts';
import { type Errors, forbidden, invalid, required, tooLong, unsupported } from './errors.ts';
import { labelErrors, subdomainErrors } from './names.ts';
import {
  validateDescending,
  validateLocalPath,
  validateMode,
  validateNoBacksteps,
} from './paths.ts';
import { validateClaimTemplate } from './persistentvolumeclaim.ts';
import { validateProjected } from './projected.ts';

/** @param volume its name */
export type SourceRule = (errors: Errors, source: Fields, at: string, volume: string) => void;

export const needed =
  (...names: readonly string[]): SourceRule =>
  (errors, source, at) => {
    for (const name of names) if (!source[name]) errors.push(required(`${at}.${name}`));
  };

const lists =
  (...names: readonly string[]): SourceRule =>
  (errors, source, at) => {
    for (const name of names) {
      const value = source[name];
      const isEmpty = Array.isArray(value) ? value.length === 0 : !value;
      if (isEmpty) errors.push(required(`${at}.${name}`));
    }
  };

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

export const hostPath: SourceRule = (errors, { path, type }, at) => {
  if (!path) {
    errors.push(required(`${at}.path`));
    return;
  }
  validateNoBacksteps(errors, textOf(path), `${at}.path`);
  if (type !== undefined && !hostPathTypes.includes(textOf(type))) {
    errors.push(unsupported(`${at}.type`, type, hostPathTypes));
  }
};

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

/** Disks that are one of up to 255 partitions. */
export const partitioned =
  (id: string): SourceRule =>
  (errors, source, at, volume) => {
    needed(id)(errors, source, at, volume);
    const partition = Number(source['partition'] ?? 0);
    if (partition >= 0 && partition <= 255) return;
    errors.push(invalid(`${at}.partition`, partition, 'must be between 1 and 255, inclusive'));
  };

export const nfs: SourceRule = (errors, source, at, volume) => {
  needed('server', 'path')(errors, source, at, volume);
  const path = textOf(source['path']);
  if (path.startsWith('/')) return;
  errors.push(invalid(`${at}.path`, path, 'must be an absolute path'));
};

const initiators: readonly (readonly [string, RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([A-Za-z0-9-.]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[A-Za-z0-9]{16}$/],
  ['naa', /^naa.[A-Za-z0-9]{32}$/],
];

function initiatorProblem(name: string): string | undefined {
  const form = initiators.find(([prefix]) => name.startsWith(prefix))?.[1];
  if (form === undefined) return 'must be valid format starting with iqn, eui, or naa';
  return form.test(name) ? undefined : 'must be valid format';
}

const portalMax = 64;

export const iscsi: SourceRule = (errors, source, at, volume) => {
  const { targetPortal, iqn, lun = 0, initiatorName, secretRef } = source;
  if (!targetPortal) errors.push(required(`${at}.targetPortal`));
  const why = iqn ? initiatorProblem(textOf(iqn)) : undefined;
  if (!iqn) errors.push(required(`${at}.iqn`));
  else if (why !== undefined) errors.push(invalid(`${at}.iqn`, iqn, why));
  if (Number(lun) < 0 || Number(lun) > 255) {
    errors.push(invalid(`${at}.lun`, lun, 'must be between 0 and 255, inclusive'));
  }
  const secret = source['chapAuthDiscovery'] === true || source['chapAuthSession'] === true;
  if (secret && secretRef === undefined) errors.push(required(`${at}.secretRef`));
  if (initiatorName === undefined) return;
  const wrong = initiatorProblem(textOf(initiatorName));
  if (wrong !== undefined) errors.push(invalid(`${at}.initiatorname`, initiatorName, wrong));
  if (`${volume}:${textOf(targetPortal)}`.length <= portalMax) return;
  const long =
    'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
  errors.push(invalid(at.replace(/\.iscsi$/, '.name'), volume, long));
};

export const fc: SourceRule = (errors, { targetWWNs, wwids, lun }, at) => {
  const [names, ids] = [textsOf(targetWWNs), textsOf(wwids)];
  const field = `${at}.targetWWNs`;
  if (names.length + ids.length === 0) {
    errors.push(required(field, 'must specify either targetWWNs or wwids, but not both'));
  }
  if (names.length > 0 && ids.length > 0) {
    const why = 'targetWWNs and wwids can not be specified simultaneously';
    errors.push(invalid(field, names, why));
  }
  if (names.length === 0) return;
  if (lun === undefined) {
    errors.push(required(`${at}.lun`, 'lun is required if targetWWNs is specified'));
  } else if (Number(lun) < 0 || Number(lun) > 255) {
    errors.push(invalid(`${at}.lun`, lun, 'must be between 0 and 255, inclusive'));
  }
};

export const flexVolume: SourceRule = (errors, source, at, volume) => {
  needed('driver')(errors, source, at, volume);
  for (const key of Object.keys(mapping(source['options']))) {
    const namespace = `.${key.split('/')[0]!.toLowerCase()}`;
    if (!namespace.endsWith('.kubernetes.io') && !namespace.endsWith('.k8s.io')) continue;
    const why = 'kubernetes.io and k8s.io namespaces are reserved';
    errors.push(invalid(`${at}.options[${key}]`, key, why));
  }
};

const cachingModes = ['None', 'ReadOnly', 'ReadWrite'];
const diskKinds = ['Dedicated', 'Managed', 'Shared'];
const managedURI =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobURI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

export const azureDisk: SourceRule = (errors, source, at, volume) => {
  needed('diskName', 'diskURI')(errors, source, at, volume);
  const { cachingMode, kind, diskURI } = source;
  if (cachingMode !== undefined && !cachingModes.includes(textOf(cachingMode))) {
    errors.push(unsupported(`${at}.cachingMode`, cachingMode, cachingModes));
  }
  if (kind === undefined) return;
  if (!diskKinds.includes(textOf(kind))) errors.push(unsupported(`${at}.kind`, kind, diskKinds));
  const uri = textOf(diskURI);
  const isManaged = kind === 'Managed';
  if (uri.startsWith(isManaged ? '/subscriptions/' : 'https://')) return;
  errors.push(unsupported(`${at}.diskURI`, uri, [isManaged ? managedURI : blobURI]));
};

export const flocker: SourceRule = (errors, { datasetName, datasetUUID }, at) => {
  if (!datasetName && !datasetUUID) {
    errors.push(required(at, 'one of datasetName and datasetUUID is required'));
  }
  if (datasetName && datasetUUID) {
    const why = 'datasetName and datasetUUID can not be specified simultaneously';
    errors.push(invalid(at, 'resource', why));
  }
  if (!textOf(datasetName).includes('/')) return;
  errors.push(invalid(`${at}.datasetName`, datasetName, "must not contain '/'"));
};

const hostPorts = 'must be a host:port pair or multiple pairs separated by commas';

export const quobyte: SourceRule = (errors, { registry, volume, tenant }, at) => {
  if (!registry) errors.push(required(`${at}.registry`, hostPorts));
  else if (textOf(tenant).length >= 65) {
    const why = 'must be a UUID and may not exceed a length of 64 characters';
    errors.push(required(`${at}.tenant`, why));
  } else {
    for (const pair of textOf(registry).split(',')) {
      if (/^[^:]*:[^:]*$|^\[[^\]]*\]:[^:]*$/.test(pair)) continue;
      errors.push(invalid(`${at}.registry`, registry, hostPorts));
    }
  }
  if (!volume) errors.push(required(`${at}.volume`));
};

export const glusterfs = needed('endpoints', 'path');
export const rbd = lists('monitors', 'image');
export const cephfs = lists('monitors');
export const portworx = needed('volumeID');
export const scaleIO = needed('gateway', 'system', 'volumeName');

const driverMax = 63;

export function validateDriver(errors: Errors, driver: unknown, at: string): void {
  const name = textOf(driver);
  if (name === '') errors.push(required(at));
  if (name.length > driverMax) errors.push(tooLong(at, driverMax));
  for (const error of subdomainErrors(name.toLowerCase())) errors.push(invalid(at, name, error));
}

const items: SourceRule = (errors, { defaultMode, items: keys }, at) => {
  validateMode(errors, defaultMode, `${at}.defaultMode`);
  listOf(keys).forEach(({ key, path, mode }, i) => {
    const field = `${at}.items[${i}]`;
    if (!key) errors.push(required(`${field}.key`));
    if (!path) errors.push(required(`${field}.path`));
    validateLocalPath(errors, textOf(path), `${field}.path`);
    validateMode(errors, mode, `${field}.mode`);
  });
};

const storageOS: SourceRule = (errors, source, at) => {
  const { volumeName, volumeNamespace, secretRef } = source;
  if (!volumeName) errors.push(required(`${at}.volumeName`));
  for (const [name, value] of Object.entries({ volumeName, volumeNamespace })) {
    if (!value) continue;
    for (const error of labelErrors(textOf(value))) {
      errors.push(invalid(`${at}.${name}`, value, error));
    }
  }
  if (secretRef !== undefined && !mapping(secretRef)['name']) {
    errors.push(required(`${at}.secretRef.name`));
  }
};

export interface Source {
  readonly rule: SourceRule;
  /** What paths of errors call it, where that is not its name. */
  readonly called?: string;
  /** The same where it is one too many. */
  readonly asSecond?: string;
}

/** In upstream's order: the first that is there counts. */
export type Sources = Readonly<Record<string, Source>>;

export const podSources: Sources = {
  emptyDir: {
    rule(errors, { sizeLimit }, at) {
      if ((parseQuantity(textOf(sizeLimit || '0'))?.nanos ?? 0n) >= 0n) return;
      const why = 'SizeLimit field must be a valid resource quantity';
      errors.push(forbidden(`${at}.sizeLimit`, why));
    },
  },
  hostPath: { rule: hostPath },
  gitRepo: {
    rule(errors, source, at, volume) {
      needed('repository')(errors, source, at, volume);
      validateDescending(errors, textOf(source['directory']), `${at}.directory`);
    },
  },
  gcePersistentDisk: { rule: partitioned('pdName'), called: 'persistentDisk' },
  awsElasticBlockStore: { rule: partitioned('volumeID') },
  secret: {
    rule(errors, source, at, volume) {
      needed('secretName')(errors, source, at, volume);
      items(errors, source, at, volume);
    },
  },
  nfs: { rule: nfs },
  iscsi: { rule: iscsi },
  glusterfs: { rule: glusterfs },
  flocker: { rule: flocker },
  persistentVolumeClaim: { rule: needed('claimName') },
  rbd: { rule: rbd },
  cinder: {
    rule(errors, source, at, volume) {
      needed('volumeID')(errors, source, at, volume);
      const { secretRef } = source;
      if (secretRef !== undefined && !mapping(secretRef)['name']) {
        errors.push(required(`${at}.secretRef.name`));
      }
    },
  },
  cephfs: { rule: cephfs, asSecond: 'cephFS' },
  quobyte: { rule: quobyte },
  downwardAPI: {
    asSecond: 'downwarAPI',
    rule(errors, { defaultMode, items: files }, at) {
      validateMode(errors, defaultMode, `${at}.defaultMode`);
      for (const file of listOf(files)) validateDownwardFile(errors, file, at);
    },
  },
  fc: { rule: fc },
  flexVolume: { rule: flexVolume },
  configMap: {
    rule(errors, source, at, volume) {
      needed('name')(errors, source, at, volume);
      items(errors, source, at, volume);
    },
  },
  azureFile: { rule: needed('secretName', 'shareName') },
  vsphereVolume: { rule: needed('volumePath') },
  photonPersistentDisk: { rule: needed('pdID') },
  portworxVolume: { rule: portworx },
  azureDisk: { rule: azureDisk },
  storageos: { rule: storageOS },
  projected: { rule: validateProjected },
  scaleIO: { rule: scaleIO },
  csi: {
    rule(errors, { driver, nodePublishSecretRef }, at) {
      validateDriver(errors, driver, `${at}.driver`);
      if (nodePublishSecretRef === undefined) return;
      const name = textOf(mapping(nodePublishSecretRef)['name']);
      if (name === '') errors.push(required(`${at}.nodePublishSecretRef.name`));
      else
        for (const error of subdomainErrors(name)) errors.push(invalid(`${at}.name`, name, error));
    },
  },
  ephemeral: {
    rule(errors, { volumeClaimTemplate }, at) {
      const field = `${at}.volumeClaimTemplate`;
      if (volumeClaimTemplate === undefined) errors.push(required(field));
      else validateClaimTemplate(errors, mapping(volumeClaimTemplate), field);
    },
  },
  image: {
    rule(errors, { pullPolicy }, at) {
      if (pullPolicy === undefined || pullPolicies.includes(textOf(pullPolicy))) return;
      errors.push(unsupported(`${at}.pullPolicy`, pullPolicy, pullPolicies));
    },
  },
};
