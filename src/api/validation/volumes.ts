/** Validation of the volumes of a Pod (upstream's `validateVolumeSource`). */
import type { PodSpec } from '../podspec.ts';
import { parseQuantity } from '../quantity.ts';
import { duplicate, type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { labelErrors } from './names.ts';
import { validatePodField, validateResourceField } from './selectors.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Returns their names. */
export function validateVolumes(
  errors: Errors,
  { volumes = [] }: PodSpec,
  field: string,
): ReadonlySet<string> {
  const names = new Set<string>();
  volumes.forEach((volume, i) => {
    const at = `${field}[${i}]`;
    const { name, ...sources } = volume;
    if (!name) errors.push(required(`${at}.name`));
    else {
      for (const error of labelErrors(name)) errors.push(invalid(`${at}.name`, name, error));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    const [first, ...others] = Object.keys(sources).sort();
    if (first === undefined) errors.push(required(at, 'must specify a volume type'));
    else {
      const rule = Object.hasOwn(rules, first) ? rules[first] : undefined;
      rule?.(errors, (sources[first] ?? {}) as Fields, `${at}.${first}`);
    }
    for (const extra of others) {
      errors.push(forbidden(`${at}.${extra}`, 'may not specify more than 1 volume type'));
    }
  });
  return names;
}

type Rule = (errors: Errors, source: Fields, at: string) => void;

const needed =
  (...names: readonly string[]): Rule =>
  (errors, source, at) => {
    for (const name of names) if (!source[name]) errors.push(required(`${at}.${name}`));
  };

const pathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

const rules: Readonly<Record<string, Rule>> = {
  emptyDir(errors, { sizeLimit }, at) {
    if (sizeLimit === undefined || (parseQuantity(String(sizeLimit))?.nanos ?? 0n) >= 0n) return;
    const why = 'SizeLimit field must be a valid resource quantity';
    errors.push(forbidden(`${at}.sizeLimit`, why));
  },
  hostPath(errors, { path = '', type }, at) {
    if (path === '') errors.push(required(`${at}.path`));
    else if (hasBackstep(String(path))) errors.push(invalid(`${at}.path`, path, backstep));
    if (type !== undefined && !pathTypes.includes(String(type))) {
      errors.push(unsupported(`${at}.type`, type, pathTypes));
    }
  },
  secret(errors, source, at) {
    needed('secretName')(errors, source, at);
    validateItems(errors, source, at);
  },
  configMap(errors, source, at) {
    needed('name')(errors, source, at);
    validateItems(errors, source, at);
  },
  downwardAPI: (errors, source, at) => {
    validateMode(errors, source['defaultMode'], `${at}.defaultMode`);
    validateDownward(errors, source, at);
  },
  projected(errors, source, at) {
    validateMode(errors, source['defaultMode'], `${at}.defaultMode`);
    listOf(source['sources']).forEach((one, i) => {
      validateProjection(errors, one, `${at}.sources[${i}]`);
    });
  },
  nfs(errors, source, at) {
    needed('server', 'path')(errors, source, at);
    const { path } = source;
    if (typeof path === 'string' && path !== '' && !path.startsWith('/')) {
      errors.push(invalid(`${at}.path`, path, 'must be an absolute path'));
    }
  },
  persistentVolumeClaim: needed('claimName'),
  csi: needed('driver'),
  ephemeral: needed('volumeClaimTemplate'),
  gcePersistentDisk: needed('pdName'),
  awsElasticBlockStore: needed('volumeID'),
  azureDisk: needed('diskName', 'diskURI'),
  azureFile: needed('secretName', 'shareName'),
  vsphereVolume: needed('volumePath'),
};

function validateProjection(errors: Errors, source: Fields, at: string): void {
  const [kind, ...others] = Object.keys(source).sort();
  if (kind === undefined) return;
  const given = (source[kind] ?? {}) as Fields;
  if (kind === 'secret' || kind === 'configMap') {
    needed('name')(errors, given, `${at}.${kind}`);
    validateItems(errors, given, `${at}.${kind}`);
  } else if (kind === 'downwardAPI') validateDownward(errors, given, `${at}.${kind}`);
  else if (kind === 'serviceAccountToken') {
    const { path = '', expirationSeconds = 3600 } = given as {
      path?: string;
      expirationSeconds?: number;
    };
    const field = `${at}.${kind}`;
    if (expirationSeconds < 600) {
      const why = 'may not specify a duration less than 10 minutes';
      errors.push(invalid(`${field}.expirationSeconds`, expirationSeconds, why));
    }
    if (path === '') errors.push(required(`${field}.path`));
    else validateLocalPath(errors, path, `${field}.path`);
  }
  for (const extra of others) {
    errors.push(forbidden(`${at}.${extra}`, 'may not specify more than 1 volume type'));
  }
}

function validateItems(errors: Errors, { defaultMode, items }: Fields, at: string): void {
  validateMode(errors, defaultMode, `${at}.defaultMode`);
  listOf(items).forEach(({ key, path = '', mode }, i) => {
    const field = `${at}.items[${i}]`;
    if (!key) errors.push(required(`${field}.key`));
    if (path === '') errors.push(required(`${field}.path`));
    validateLocalPath(errors, String(path), `${field}.path`);
    validateMode(errors, mode, `${field}.mode`);
  });
}

function validateDownward(errors: Errors, { items }: Fields, at: string): void {
  listOf(items).forEach(({ path = '', fieldRef, resourceFieldRef, mode }, i) => {
    const field = `${at}.items[${i}]`;
    if (path === '') errors.push(required(`${field}.path`));
    validateLocalPath(errors, String(path), `${field}.path`);
    if (fieldRef !== undefined && resourceFieldRef !== undefined) {
      const why = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(invalid(field, 'resource', why));
    } else if (fieldRef !== undefined) {
      validatePodField(errors, fieldRef as Fields, 'volume', `${field}.fieldRef`);
    } else if (resourceFieldRef !== undefined) {
      const ref = `${field}.resourceFieldRef`;
      validateResourceField(errors, resourceFieldRef as Fields, 'volume', ref);
    } else errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
    validateMode(errors, mode, `${field}.mode`);
  });
}

const modeMax = 0o777;

function validateMode(errors: Errors, mode: unknown, at: string): void {
  if (typeof mode !== 'number' || (mode >= 0 && mode <= modeMax)) return;
  errors.push(invalid(at, mode, 'must be a number between 0 and 0777 (octal), both inclusive'));
}

const backstep = "must not contain '..'";
const hasBackstep = (path: string): boolean => path.split('/').includes('..');

/** Within the volume, and not into what the kubelet keeps there for itself. */
function validateLocalPath(errors: Errors, path: string, at: string): void {
  if (path.startsWith('/')) errors.push(invalid(at, path, 'must be a relative path'));
  if (hasBackstep(path)) errors.push(invalid(at, path, backstep));
  else if (path.startsWith('..')) errors.push(invalid(at, path, "must not start with '..'"));
}

const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.map((one) => (one ?? {}) as Fields) : [];
