/** Level `restricted`: what a Pod has to give up, besides what `baseline` forbids. */
import { procMount, seccompSetters } from './baseline.ts';
import {
  type Check,
  containersOf,
  containersText,
  isInUserNamespace,
  isWindows,
  namesWhere,
  plural,
  quoted,
  type Subject,
  settersText,
  sortedSet,
  type Violation,
} from './subject.ts';

function privilegeEscalation(subject: Subject): Violation | undefined {
  const bad = namesWhere(
    subject,
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
  );
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}

function capabilities(subject: Subject): Violation | undefined {
  const of = (one: ReturnType<typeof containersOf>[number]) =>
    one.securityContext?.capabilities ?? {};
  const keeping = namesWhere(subject, (one) => !(of(one).drop ?? []).includes('ALL'));
  const forbidden = (one: ReturnType<typeof containersOf>[number]) =>
    (of(one).add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  const adding = namesWhere(subject, (one) => forbidden(one).length > 0);
  const added = sortedSet(containersOf(subject).flatMap(forbidden));
  const field = 'securityContext.capabilities';
  const details = [
    ...(keeping.length === 0 ? [] : [`${containersText(keeping)} must set ${field}.drop=["ALL"]`]),
    ...(adding.length === 0
      ? []
      : [`${containersText(adding)} must not include ${quoted(added)} in ${field}.add`]),
  ];
  if (details.length === 0) return undefined;
  return { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

const allowedVolumes =
  'configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret'.split(' ');

/** In the order in which upstream looks for them. */
const knownVolumes =
  'hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos'.split(
    ' ',
  );

function volumeTypes({ spec: { volumes = [] } }: Subject): Violation | undefined {
  const bad = volumes.filter((volume) => !allowedVolumes.some((type) => type in volume));
  if (bad.length === 0) return undefined;
  const types = sortedSet(
    bad.map((volume) => knownVolumes.find((type) => type in volume) ?? 'unknown'),
  );
  const names = bad.map(({ name }) => name);
  const count = names.length;
  const what = plural('restricted volume type', 'restricted volume types', types.length);
  return {
    reason: 'restricted volume types',
    detail: `${plural('volume', 'volumes', count)} ${quoted(names)} ${plural('uses', 'use', count)} ${what} ${quoted(types)}`,
  };
}

function nonRoot(subject: Subject): Violation | undefined {
  const reason = 'runAsNonRoot != true';
  const ofPod = subject.spec.securityContext?.runAsNonRoot;
  const setters = settersText(
    ofPod === false,
    namesWhere(subject, ({ securityContext }) => securityContext?.runAsNonRoot === false),
  );
  if (setters !== undefined) {
    return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` };
  }
  const silent = namesWhere(
    subject,
    ({ securityContext }) => (securityContext?.runAsNonRoot ?? ofPod) !== true,
  );
  if (silent.length === 0) return undefined;
  const detail = `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true`;
  return { reason, detail };
}

function rootUser(subject: Subject): Violation | undefined {
  const setters = settersText(
    subject.spec.securityContext?.runAsUser === 0,
    namesWhere(subject, ({ securityContext }) => securityContext?.runAsUser === 0),
  );
  if (setters === undefined) return undefined;
  return { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` };
}

function seccomp(subject: Subject): Violation | undefined {
  const bad = seccompSetters(subject);
  if (bad !== undefined) return bad;
  if (subject.spec.securityContext?.seccompProfile !== undefined) return undefined;
  const silent = namesWhere(
    subject,
    ({ securityContext }) => securityContext?.seccompProfile === undefined,
  );
  if (silent.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
}

type Judge = Check['judge'];

const unlessWindows =
  (judge: Judge): Judge =>
  (subject) =>
    isWindows(subject) ? undefined : judge(subject);

const unlessUserNamespace =
  (judge: Judge): Judge =>
  (subject) =>
    isInUserNamespace(subject) ? undefined : judge(subject);

const capabilitiesBelow = ['capabilities_baseline'];
const seccompBelow = ['seccompProfile_baseline'];

/** In the order of their names. */
export const restricted: readonly Check[] = [
  { id: 'allowPrivilegeEscalation', since: 8, until: 25, judge: privilegeEscalation },
  { id: 'allowPrivilegeEscalation', since: 25, judge: unlessWindows(privilegeEscalation) },
  {
    id: 'capabilities_restricted',
    since: 22,
    until: 25,
    overrides: capabilitiesBelow,
    judge: capabilities,
  },
  {
    id: 'capabilities_restricted',
    since: 25,
    overrides: capabilitiesBelow,
    judge: unlessWindows(capabilities),
  },
  { id: 'procMount_restricted', since: 35, overrides: ['procMount'], judge: procMount },
  { id: 'restrictedVolumes', since: 0, overrides: ['hostPathVolumes'], judge: volumeTypes },
  { id: 'runAsNonRoot', since: 0, until: 35, judge: nonRoot },
  { id: 'runAsNonRoot', since: 35, judge: unlessUserNamespace(nonRoot) },
  { id: 'runAsUser', since: 23, until: 35, judge: rootUser },
  { id: 'runAsUser', since: 35, judge: unlessUserNamespace(rootUser) },
  {
    id: 'seccompProfile_restricted',
    since: 19,
    until: 25,
    overrides: seccompBelow,
    judge: seccomp,
  },
  {
    id: 'seccompProfile_restricted',
    since: 25,
    overrides: seccompBelow,
    judge: unlessWindows(seccomp),
  },
];
