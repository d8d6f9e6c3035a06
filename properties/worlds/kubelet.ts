/** Worlds in which kubelets are disturbed: identities that must not run twice, containers that end. */
import type { Draft } from '../../src/api/meta.ts';
import { kubelets } from '../actions/kubelet.ts';
import { pods } from '../actions/pod.ts';
import { schedule } from '../actions/schedule.ts';
import { type SmallWorld, scenarioWith } from './world.ts';

const labels = { app: 'db' };

const set = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    serviceName: 'web',
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'c', image: 'web:v1' }] },
    },
  },
} as unknown as Draft;

const pod = (name: string, behaviour: string, spec: object): Draft =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations: { 'kubestep.dev/behaviour': behaviour } },
    spec: { containers: [{ name: 'c', image: 'task:1' }], ...spec },
  }) as unknown as Draft;

const acts = [...schedule, ...kubelets, ...pods.filter(([name]) => name === 'delete Pod')] as const;

export const kubeletWorlds: readonly SmallWorld[] = [
  { scenario: scenarioWith(set), acts },
  {
    scenario: scenarioWith(
      pod('limited', '{ stopCode: 0 }', { activeDeadlineSeconds: 20 }),
      pod('flaky', '{ exit: [1, 1, 1, 0], exitAfter: 2s }', { restartPolicy: 'OnFailure' }),
      pod('task', '{ exit: 3, exitAfter: 5s }', { restartPolicy: 'Never' }),
      pod('hung', '{ live: 15s, stop: 1s }', {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'c',
            image: 'task:1',
            livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 2 },
          },
        ],
      }),
    ),
    acts,
  },
  {
    scenario: scenarioWith(
      pod('refused', '{ pullError: not found, pullErrors: 3, pull: 1s }', {
        containers: ['a', 'b'].map((name) => ({
          name,
          image: 'gone:1',
          imagePullPolicy: 'Always',
        })),
      }),
    ),
    acts,
  },
];
