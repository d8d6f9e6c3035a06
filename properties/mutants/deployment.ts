/** Published bugs of Deployment controllers. */
import type { Mutant } from './mutant.ts';

const sizes = 'src/controllers/deployment/sizes.ts';
const newSet = 'src/controllers/deployment/newreplicaset.ts';

export const deploymentMutants: readonly Mutant[] = [
  {
    id: 'D1',
    family: 'deployment',
    source: 'k/k#22719',
    about: 'one replica above the surge',
    patches: [
      {
        file: sizes,
        text: 'const maxTotal = replicas + maxSurge(deployment);',
        replacement: 'const maxTotal = replicas + maxSurge(deployment) + 1;',
      },
    ],
    killedBy: ['D-S1'],
  },
  {
    id: 'D2',
    family: 'deployment',
    source: 'k/k#22719',
    about: 'one replica too few stays available',
    patches: [
      {
        file: sizes,
        text: 'const minAvailable = deployment.spec.replicas - maxUnavailable(deployment);\n  const newUnavailable',
        replacement:
          'const minAvailable = deployment.spec.replicas - maxUnavailable(deployment) - 1;\n  const newUnavailable',
      },
      {
        file: sizes,
        text: 'const minAvailable = deployment.spec.replicas - maxUnavailable(deployment);\n  let spare',
        replacement:
          'const minAvailable = deployment.spec.replicas - maxUnavailable(deployment) - 1;\n  let spare',
      },
    ],
    killedBy: ['D-S2'],
  },
  {
    id: 'D3',
    family: 'deployment',
    source: 'rolling.go newRSUnavailable',
    about: 'old replicas go before the new ones are available',
    patches: [
      {
        file: sizes,
        text: 'const maxScaledDown = sizeOf(all) - minAvailable - newUnavailable;',
        replacement: 'const maxScaledDown = sizeOf(all) - minAvailable - 0 * newUnavailable;',
      },
    ],
    killedBy: ['D-S2'],
  },
  {
    id: 'D4',
    family: 'deployment',
    source: 'rolling.go cleanupUnhealthyReplicas',
    about: 'broken old Pods block the rollout that would replace them',
    patches: [
      {
        file: sizes,
        text: 'if (total >= most) break;',
        replacement: 'if (total >= most || most > -1) break;',
      },
    ],
    killedBy: ['D-L1'],
  },
  {
    id: 'D5',
    family: 'deployment',
    source: 'CAPI#13649',
    about: 'a name that is not the hash of the template: a stale list makes a second one',
    patches: [
      {
        file: newSet,
        text: 'const hash = hashOfTemplate(template, deployment.status.collisionCount);',
        replacement:
          'const hash = hashOfTemplate(template, Number(deployment.metadata.resourceVersion));',
      },
    ],
    killedBy: ['D-S6'],
  },
  {
    id: 'D6',
    family: 'deployment',
    source: 'k/k#29735',
    about: 'a hash collision is never counted: AlreadyExists for ever (hash of 2 bits)',
    patches: [
      {
        file: 'src/controllers/hash.ts',
        text: 'return safeEncode(sum);\n}\n\n/** Of a ControllerRevision',
        replacement:
          'return safeEncode((sum ^ (sum >>> 7)) & 3);\n}\n\n/** Of a ControllerRevision',
      },
      {
        file: newSet,
        text: 'const collisionCount = (deployment.status.collisionCount ?? 0) + 1;',
        replacement: 'const collisionCount = deployment.status.collisionCount ?? 0;',
      },
    ],
    killedBy: ['D-L1', 'G13'],
  },
  {
    id: 'D7',
    family: 'deployment',
    source: 'anvil#648',
    about: 'two ReplicaSets of one template: the second is never scaled down',
    patches: [
      {
        file: 'src/controllers/deployment/replicasets.ts',
        text: 'return replicaSets.filter((rs) => rs.metadata.uid !== newRs?.metadata.uid);',
        replacement:
          'return replicaSets.filter((rs) => newRs === undefined || !sameTemplate(rs.spec.template, newRs.spec.template));',
      },
    ],
    killedBy: ['D-S6', 'D-L1'],
  },
  {
    id: 'D10',
    family: 'deployment',
    source: 'k/k#22526',
    about:
      'a surge in percent is one of the Pods that there are, not of those that there should be',
    patches: [
      {
        file: 'src/controllers/deployment/sizes.ts',
        text: '  const maxTotal = replicas + maxSurge(deployment);',
        replacement:
          '  const old = { ...deployment.spec, replicas: deployment.status.replicas ?? replicas };\n  const maxTotal = replicas + maxSurge({ ...deployment, spec: old });',
      },
    ],
    killedBy: ['D-S1'],
  },
  {
    id: 'D11',
    family: 'deployment',
    source: 'k/k#124264',
    about: 'observedGeneration is written before the rest is computed',
    patches: [
      {
        file: 'src/controllers/deployment.ts',
        text: '  const checked = yield* checkPaused(deployment, context.now);',
        replacement:
          '  const early = { ...deployment.status, observedGeneration: deployment.metadata.generation! };\n  if (deployment.status.observedGeneration !== early.observedGeneration) yield* writeStatus(deployment, early);\n  const checked = yield* checkPaused(deployment, context.now);',
      },
    ],
    killedBy: ['D-S10', 'U-L2'],
  },
  {
    id: 'D13',
    family: 'deployment',
    source: 'the contract of Recreate',
    about: 'new Pods start while old ones still run',
    patches: [
      {
        file: 'src/controllers/deployment/recreate.ts',
        text: 'if (oldPodsRunning(old, found.rs, context)) {',
        replacement: 'if (oldPodsRunning([], found.rs, context)) {',
      },
    ],
    killedBy: ['D-S5'],
  },
  {
    id: 'D14',
    family: 'deployment',
    source: 'found in a toy model',
    about: 'the new ReplicaSet is never scaled down: too many for ever',
    patches: [
      {
        file: sizes,
        text: 'const wanted = size > replicas ? replicas : newReplicas(deployment, all, newRs);',
        replacement: 'const wanted = size > replicas ? size : newReplicas(deployment, all, newRs);',
      },
      {
        file: 'src/controllers/deployment/proportional.ts',
        text: 'return only.spec.replicas === replicas ? [] : [{ rs: only, size: replicas }];',
        replacement: 'return only.spec.replicas >= replicas ? [] : [{ rs: only, size: replicas }];',
      },
    ],
    killedBy: ['D-L1'],
  },
  {
    id: 'D15',
    family: 'deployment',
    source: 'revisionHistoryLimit',
    about: 'history clean-up deletes a ReplicaSet that still has Pods',
    patches: [
      {
        file: 'src/controllers/deployment/cleanup.ts',
        text: '  status.replicas === 0 &&\n  spec.replicas === 0 &&\n',
        replacement: '  status.replicas + spec.replicas >= 0 &&\n',
      },
    ],
    killedBy: ['D-S9'],
    seed: 3,
  },
  {
    id: 'D19',
    family: 'deployment',
    source: 'k/k#32710',
    about: 'rolls out though it is paused',
    patches: [
      {
        file: 'src/controllers/deployment.ts',
        text: 'if (checked.spec.paused === true) return yield*',
        replacement:
          'if (checked.spec.paused === true && isScalingEvent(checked, replicaSets)) return yield*',
      },
    ],
    // The lifecycle of one that is paused knows no completed rollout.
    killedBy: ['D-S7', 'M-S1'],
  },
  {
    id: 'D20',
    family: 'deployment',
    source: 'the contract of pod-template-hash',
    about:
      'a ReplicaSet selects by the labels of its Deployment alone: it takes the Pods of others',
    patches: [
      {
        file: newSet,
        text: 'selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },',
        replacement: 'selector,',
      },
    ],
    killedBy: ['D-S8'],
  },
  {
    id: 'D21',
    family: 'deployment',
    source: 'SetNewReplicaSetAnnotations',
    about: 'the revision is counted anew when the history was cleaned up',
    patches: [
      {
        file: 'src/controllers/deployment/annotations.ts',
        text: 'if (old < revision) {',
        replacement: 'if (old !== revision) {',
      },
    ],
    killedBy: ['D-S9b'],
  },
  {
    id: 'D22',
    family: 'deployment',
    source: 'IsPodAvailable',
    about:
      'Pods count as available when they are ready, and old ones go before minReadySeconds are over',
    patches: [
      {
        file: 'src/controllers/replicaset/counts.ts',
        text: 'if (isPodAvailable(pod, minReadySeconds, now)) available += 1;',
        replacement: 'if (isPodAvailable(pod, 0 * minReadySeconds, now)) available += 1;',
      },
    ],
    killedBy: ['D-S4'],
    seed: 6,
  },
  {
    id: 'D23',
    family: 'deployment',
    source: 'k/k#22719',
    about: 'one replica above the surge, and nobody looks at what was decided',
    patches: [
      {
        file: sizes,
        text: 'const maxTotal = replicas + maxSurge(deployment);',
        replacement: 'const maxTotal = replicas + maxSurge(deployment) + 1;',
      },
    ],
    killedBy: ['D-S3'],
    alone: true,
  },
  {
    id: 'D24',
    family: 'rollout',
    source: 'k/k#44436',
    about: 'a pause takes the old Pods away, though the new ones are not available',
    patches: [
      {
        file: 'src/controllers/deployment/proportional.ts',
        text: '    (rs.status.availableReplicas ?? 0) === replicas\n',
        replacement: '    (rs.status.availableReplicas ?? 0) <= replicas\n',
      },
    ],
    killedBy: ['D-S7'],
    seed: 2,
  },
];
