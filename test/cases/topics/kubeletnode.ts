/** Decisions of the kubelet about its node: whom it takes in, whom it evicts, what it says of itself. */

import type { Pod } from '../../../src/api/pod/pod.ts';
import { wholeOf } from '../../../src/api/quantity.ts';
import { parseTimestamp } from '../../../src/api/time.ts';
import { admissionFailures, rejectedStatus } from '../../../src/kubelet/node/admission.ts';
import {
  compareConsumers,
  evictionRejects,
  isMet,
  sortSignals,
} from '../../../src/kubelet/node/eviction.ts';
import {
  type Pressure,
  type SetCondition,
  setPressure,
  setReady,
} from '../../../src/kubelet/node/nodeconditions.ts';
import { podsToPreempt } from '../../../src/kubelet/node/nodepreemption.ts';
import { functions, type Input, type Topics } from '../topic.ts';

/** A case's Pod may lack everything that a kubelet never misses. */
const podOf = (pod: Input): Pod => ({ ...pod, spec: { containers: [], ...pod.spec } }) as Pod;

const told = ({ conditions, event }: SetCondition) => ({
  conditions,
  events: event === undefined ? [] : [{ type: event.type, reason: event.reason }],
});

const pressure =
  (type: Pressure) =>
  ({ now, node, pressure: isUnder }: Input) =>
    told(
      setPressure(
        node.metadata.name,
        node.status?.conditions ?? [],
        type,
        isUnder,
        parseTimestamp(now),
      ),
    );

export const kubeletNode: Topics = {
  'kubelet-admission': functions({
    kubeletAdmission({ pod, node, podsOnNode, nodeAfterRefetch }) {
      const failures = admissionFailures(
        podOf(pod),
        node,
        (podsOnNode as Input[]).map(podOf),
        () => nodeAfterRefetch,
      );
      const allFailures = failures.map(({ reason, message }) => ({ reason, message }));
      const [first] = failures;
      if (first === undefined) return { admitted: true, allFailures };
      const podStatus = rejectedStatus(first.reason, first.message);
      return { admitted: false, allFailures, podStatus };
    },
  }),
  'kubelet-nodepreemption': functions({
    criticalPodPreemption({ preemptor, podsOnNode, insufficient }) {
      const evicted = podsToPreempt(
        podOf(preemptor),
        (podsOnNode as Input[]).map(podOf),
        insufficient,
      );
      if (evicted === undefined) return { error: true, evicted: [] };
      return { error: false, evicted: evicted.map(({ metadata: { name } }) => name) };
    },
  }),
  'kubelet-nodeconditions': functions({
    nodeReadyCondition: (input) =>
      told(
        setReady(
          input.node.metadata.name,
          input.node.status?.conditions ?? [],
          input.node.status?.capacity,
          {
            runtime: input.runtimeErrors,
            network: input.networkErrors,
            storage: input.storageErrors,
            shutdown: input.shutdownErrors,
          },
          parseTimestamp(input.now),
        ),
      ),
    nodeMemoryPressureCondition: pressure('MemoryPressure'),
    nodeDiskPressureCondition: pressure('DiskPressure'),
    nodePIDPressureCondition: pressure('PIDPressure'),
  }),
  'kubelet-eviction': functions({
    rankForMemoryPressure({ pods }) {
      const consumers = (pods as Input[]).map(({ name, priority, memoryRequest, memoryUsage }) => ({
        name,
        priority: priority ?? 0,
        request: wholeOf(memoryRequest ?? '0'),
        usage: memoryUsage === undefined || memoryUsage === null ? undefined : wholeOf(memoryUsage),
      }));
      return { evictionOrder: consumers.sort(compareConsumers).map(({ name }) => name) };
    },
    sortThresholds: ({ signals }) => ({ order: sortSignals(signals) }),
    evictionAdmit(input) {
      const rejected = evictionRejects({
        conditions: input.nodeConditions,
        qosClass: input.qosClass,
        priority: input.priority,
        toleratesMemoryPressure: input.toleratesMemoryPressureNoSchedule,
        isStaticOrMirror: input.staticOrMirrorPod,
      });
      return rejected === undefined ? { admit: true } : { admit: false, ...rejected };
    },
    thresholdMet: ({ capacity, available, threshold }) => ({
      met: isMet(wholeOf(available), threshold, wholeOf(capacity)),
    }),
  }),
};
