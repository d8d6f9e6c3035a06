/** Which of two Pods is missed less, where no worked example tells (ctl-01 §7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareForDeletion } from '../../src/controllers/replicaset/ranking.ts';
import type { Any } from '../apiserver/cluster.ts';

const test = suite('pods to delete');

const status = (name: string, restartCount: number): Any => ({ name, restartCount });

/** Its sidecar and its init container restarted so often, and its container. */
const pod = (restarts: { container?: number; sidecar?: number; init?: number }): Any => ({
  metadata: { uid: '', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {
    nodeName: 'n1',
    initContainers: [{ name: 'init' }, { name: 'sidecar', restartPolicy: 'Always' }],
  },
  status: {
    phase: 'Running',
    initContainerStatuses: [
      status('init', restarts.init ?? 0),
      status('sidecar', restarts.sidecar ?? 0),
    ],
    containerStatuses: [status('c', restarts.container ?? 0)],
  },
});

const ranking = { rankOf: () => 1, now: 0, logarithmic: true };
const first = (a: Any, b: Any): number => Math.sign(compareForDeletion(a, b, ranking));

test('[ctl-01 7] restarts of containers count before those of sidecars', () => {
  assert.is(first(pod({ container: 1 }), pod({ sidecar: 9 })), -1);
  assert.is(first(pod({ container: 1, sidecar: 2 }), pod({ container: 1, sidecar: 3 })), 1);
});

test('[ctl-01 7] restarts of init containers that end say nothing', () => {
  assert.is(first(pod({ init: 9 }), pod({})), 0);
});

test.run();
