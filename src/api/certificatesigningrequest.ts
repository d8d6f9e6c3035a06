/** CertificateSigningRequests: what they are made of, and when their conditions changed. */
import type { KubeObject } from './meta.ts';
import { isObject } from './patch/merge.ts';
import { timestamp } from './time.ts';

export interface CertificateCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
}

export interface CertificateSigningRequest extends KubeObject {
  readonly spec: {
    /** PEM in base64, as all bytes. */
    readonly request: string;
    readonly signerName: string;
    readonly usages?: readonly string[];
    readonly expirationSeconds?: number;
    readonly username?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly status?: {
    readonly certificate?: string;
    readonly conditions?: readonly CertificateCondition[];
  };
}

export const conditionIn = (
  { status }: CertificateSigningRequest,
  type: string,
): CertificateCondition | undefined => status?.conditions?.find((one) => one.type === type);

type Fields = Readonly<Record<string, unknown>>;

const conditionsOf = ({ status }: KubeObject): readonly Fields[] => {
  const conditions = isObject(status) ? status['conditions'] : undefined;
  return Array.isArray(conditions) ? conditions.filter(isObject) : [];
};

/** A condition that does not say when it changed did so now, unless it stood before. */
export function withTimes(next: KubeObject, current: KubeObject, nowMs: number): KubeObject {
  const conditions = conditionsOf(next);
  if (conditions.every((one) => one['lastUpdateTime'] && one['lastTransitionTime'])) return next;
  const now = timestamp(nowMs);
  const before = conditionsOf(current);
  const timed = conditions.map((one) => {
    const same = before.find(
      ({ type, status }) => type === one['type'] && status === one['status'],
    );
    return {
      ...one,
      lastUpdateTime: one['lastUpdateTime'] || now,
      lastTransitionTime: one['lastTransitionTime'] || same?.['lastTransitionTime'] || now,
    };
  });
  return { ...next, status: { ...(next.status as Fields), conditions: timed } };
}
