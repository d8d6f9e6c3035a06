/** What the rules about the security of Pods look at, and the words that they share. */
import type { Labels } from '../../../api/meta.ts';

export interface SeLinuxOptions {
  readonly type?: string;
  readonly user?: string;
  readonly role?: string;
}

interface Typed {
  readonly type?: string;
}

interface CommonContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seLinuxOptions?: SeLinuxOptions;
  readonly seccompProfile?: Typed;
  readonly appArmorProfile?: Typed;
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

interface ContainerContext extends CommonContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
}

interface Handler {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}

export interface SubjectContainer {
  readonly name: string;
  readonly securityContext?: ContainerContext;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly startupProbe?: Handler;
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler };
}

export interface SubjectSpec {
  readonly containers?: readonly SubjectContainer[];
  readonly initContainers?: readonly SubjectContainer[];
  readonly ephemeralContainers?: readonly SubjectContainer[];
  readonly securityContext?: CommonContext & { readonly sysctls?: readonly { name: string }[] };
  readonly volumes?: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostUsers?: boolean;
  readonly os?: { readonly name?: string };
}

export interface Subject {
  readonly metadata: { readonly annotations?: Labels };
  readonly spec: SubjectSpec;
}

/** A rule that is broken: `privileged (container "c" must not set …)`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export interface Check {
  readonly id: string;
  /** The first minor version that has it, and the first that has another of its kind instead. */
  readonly since: number;
  readonly until?: number;
  /** Checks of the level below that it takes the place of. */
  readonly overrides?: readonly string[];
  readonly judge: (subject: Subject) => Violation | undefined;
}

export const containersOf = ({ spec }: Subject): readonly SubjectContainer[] => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
  ...(spec.ephemeralContainers ?? []),
];

/** The names of containers that something is true of. */
export const namesWhere = (
  subject: Subject,
  isBad: (container: SubjectContainer) => boolean,
): readonly string[] =>
  containersOf(subject)
    .filter(isBad)
    .map(({ name }) => name);

export const quoted = (names: readonly string[]): string =>
  names.map((name) => `"${name}"`).join(', ');

export const plural = (one: string, many: string, count: number): string =>
  count === 1 ? one : many;

/** `containers "a", "b"`. */
export const containersText = (names: readonly string[]): string =>
  `${plural('container', 'containers', names.length)} ${quoted(names)}`;

/** `pod and container "a"`: who says something wrong. */
export const settersText = (isPod: boolean, containers: readonly string[]): string | undefined => {
  const setters = [
    ...(isPod ? ['pod'] : []),
    ...(containers.length === 0 ? [] : [containersText(containers)]),
  ];
  return setters.length === 0 ? undefined : setters.join(' and ');
};

/** Each once, in order. */
export const sortedSet = (texts: readonly string[]): readonly string[] =>
  [...new Set(texts)].sort();

/** Root in a user namespace of its own is nobody on the node. */
export const isInUserNamespace = ({ spec }: Subject): boolean => spec.hostUsers === false;

export const isWindows = ({ spec }: Subject): boolean => spec.os?.name === 'windows';
