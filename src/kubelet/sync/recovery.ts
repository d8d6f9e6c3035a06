/** A kubelet that restarts finds the containers of its Pods as they are (kubelet-04). */

import type { Prober } from '../probes/prober.ts';
import type { PodContext } from './podcontext.ts';
import type { Tracked } from './tracked.ts';

/** Brings the machines to where the runtime is. Returns a container whose start is under way. */
export function recover(context: PodContext, prober: Prober): Tracked | undefined {
  let starting: Tracked | undefined;
  for (const container of context.containers) {
    const { spec } = container;
    const record = context.record(spec.name);
    if (record === undefined) continue;
    context.send(container, { type: 'container.imagePresent' });
    if (record.state === 'created') starting = container;
    else if (record.state === 'exited') context.exited(container, record.exitCode ?? 137);
    else {
      const { containerStatuses = [], initContainerStatuses = [] } = context.pod.status;
      const known = [...initContainerStatuses, ...containerStatuses].find(
        ({ name, containerID }) => name === record.name && containerID === record.id,
      );
      context.send(container, { type: 'container.started' });
      if (spec.startupProbe !== undefined && known?.started !== true) {
        context.send(container, { type: 'container.startupPending' });
      }
      prober.begin(container, record, known);
    }
  }
  return starting;
}
