import { NODES } from '../../api/kinds.ts';
import { ignoring } from '../shared/ownership.ts';
import { startWorkers } from '../shared/workers.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

const TTL_ANNOTATION = 'node.alpha.kubernetes.io/ttl';

/** From how many nodes kubelets may keep secrets and config maps for how many seconds (pkg/controller/ttl). */
const BOUNDARIES: readonly (readonly [nodes: number, seconds: number])[] = [
  [100, 0],
  [500, 15],
  [1000, 30],
  [2000, 60],
  [Infinity, 300],
];

/** Tells kubelets by an annotation how long they may cache, more in larger clusters. */
export const nodeTtlController: Controller = {
  name: 'ttl-controller',
  start(context) {
    const nodes = context.informers.informer(NODES);
    const queue = context.queue('ttlcontroller');
    let seconds = 0;
    const resized = (): void => {
      const wanted = BOUNDARIES.find(([limit]) => nodes.size <= limit)![1];
      if (wanted === seconds) return;
      seconds = wanted;
      for (const node of nodes.list()) queue.add(node.metadata.name);
    };
    nodes.onChange({
      added: (node) => {
        resized();
        queue.add(node.metadata.name);
      },
      deleted: resized,
    });
    const reconcile = function* (name: string): Task<void> {
      const node = nodes.get(name);
      if (!node || node.metadata.annotations?.[TTL_ANNOTATION] === String(seconds)) return;
      const patch = { metadata: { annotations: { [TTL_ANNOTATION]: String(seconds) } } };
      yield* ignoring(['NotFound'], context.client.patch(NODES, { name }, 'strategic', patch));
    };
    startWorkers(context, 'ttl', queue, 5, reconcile);
  },
};
