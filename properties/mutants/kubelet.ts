/** Published bugs of kubelets, as patches of ours. */
import type { Mutant } from './mutant.ts';

export const kubeletMutants: readonly Mutant[] = [
  {
    id: 'K1',
    family: 'kubelet',
    source: 'k/k#82387, PR#86320',
    about: 'a status is patched by name: it reaches the Pod that was created again',
    patches: [
      {
        file: 'src/kubelet/status/statusreport.ts',
        text: '{ metadata: { uid: this.pod.metadata.uid }, status: this.#statusPatch() }',
        replacement: '{ metadata: {}, status: this.#statusPatch() }',
      },
      {
        file: 'src/kubelet/status/statusreport.ts',
        text: '    if (target.metadata.uid !== this.pod.metadata.uid) return undefined;\n',
        replacement: '',
      },
    ],
    killedBy: ['K-S2', 'P-S3', 'P-S1', 'P-S2'],
  },
  {
    id: 'K3',
    family: 'kubelet',
    source: 'k/k#58711',
    about: 'the phase is computed from containers alone: a failed Pod succeeds after a restart',
    patches: [
      {
        file: 'src/kubelet/status/status.ts',
        text: "    if (said === 'Succeeded' || said === 'Failed') return said;\n",
        replacement: '',
      },
    ],
    killedBy: ['G14', 'P-S1'],
  },
  {
    id: 'S1',
    family: 'kubelet',
    source: 'k/k#59848',
    about:
      'a kubelet that restarts onto an older API server starts a Pod that runs elsewhere by now',
    patches: [
      {
        file: 'src/kubelet/kubelet.ts',
        text: "    if (found === 'gone') worker.vanish();\n    else worker.observe(found);",
        replacement: "    if (found !== 'gone') worker.observe(found);",
      },
    ],
    killedBy: ['S-S1'],
  },
  {
    id: 'K5',
    family: 'kubelet',
    source: 'k/k#5657, k/k#58803',
    about: 'what runs of Pods that went while the kubelet was down runs on',
    patches: [
      {
        file: 'src/kubelet/kubelet.ts',
        text: "if (options.runtime.list().length > 0) this.#queue.add('housekeeping');",
        replacement: '',
      },
    ],
    killedBy: ['K-L1'],
  },
  {
    id: 'K8',
    family: 'kubelet',
    source: 'unpublished',
    about: 'the end of a Pod is told each time that it is looked at',
    patches: [
      {
        file: 'src/kubelet/sync/podlife.ts',
        text: "if ((phase === 'Succeeded' || phase === 'Failed') && !this.#isFinished) {",
        replacement: "if (phase === 'Succeeded' || phase === 'Failed') {",
      },
    ],
    killedBy: ['M-S2'],
  },
];
