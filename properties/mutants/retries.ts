/** What goes wrong with retries, as patches of ours: the contract of client-go's workqueue, and k/k#27997 in small. */
import type { Mutant } from './mutant.ts';

const component = 'src/sim/controllercomponent.ts';

export const retryMutants: readonly Mutant[] = [
  {
    id: 'Q1',
    family: 'deployment',
    source: 'client-go',
    about: 'a controller forgets the failures of a key with each of them: it always waits 5 ms',
    patches: [
      {
        file: component,
        text: '    this.addAfter(key, retryMs, causes);\n    return',
        replacement: '    this.addAfter(key, retryMs, causes);\n    this.forget(key);\n    return',
      },
    ],
    killedBy: ['G13b'],
    runs: 2_000,
  },
  {
    id: 'Q2',
    family: 'statefulset',
    source: 'client-go',
    about:
      'a controller never forgets the failures of a key: whoever failed once waits longer and longer',
    patches: [
      {
        file: component,
        text: '    this.#backoff.forget(key);',
        replacement: '    this.#backoff.requeues(key);',
      },
    ],
    killedBy: ['G13b'],
    runs: 2_000,
  },
  {
    id: 'Q3',
    family: 'deployment',
    source: 'k/k#27997',
    about: 'a key that fails is tried again at once, whatever its back-off is',
    patches: [
      {
        file: component,
        text: '    this.addAfter(key, retryMs, causes);\n    return',
        replacement: '    this.add(key, causes);\n    return',
      },
    ],
    killedBy: ['G13b', 'G13'],
    runs: 2_000,
  },
  {
    id: 'K4',
    family: 'kubelet',
    source: 'CrashLoopBackOff',
    about: 'a container that ends again and again always waits ten seconds',
    patches: [
      {
        file: 'src/kubelet/sync/backoff.ts',
        text: 'Math.min(entry.delayMs * 2, limits.maxMs)',
        replacement: 'entry.delayMs',
      },
    ],
    killedBy: ['K-S3'],
    alone: true,
    runs: 2_000,
  },
  {
    id: 'K6',
    family: 'kubelet',
    source: 'ImagePullBackOff',
    about: 'an image that was refused is asked for again with the next sync',
    patches: [
      {
        file: 'src/kubelet/sync/containerstart.ts',
        text: "decision.type === 'pull' ? pullWait(failure, env.now, pullBackoff) : 0",
        replacement: '0 * pullWait(failure, env.now, pullBackoff)',
      },
    ],
    killedBy: ['K-S4'],
    runs: 2_000,
  },
  {
    id: 'K7',
    family: 'kubelet',
    source: 'ImagePullBackOff of one Pod',
    about: 'each container has a back-off of its own: two of one image ask for it twice as often',
    patches: [
      {
        file: 'src/kubelet/sync/containerstart.ts',
        text: '  const failure = context.pullFailure(spec.image);',
        replacement: '  const failure = container.error && context.pullFailure(spec.image);',
      },
    ],
    killedBy: ['K-S4'],
    runs: 2_000,
  },
];
