import { NODES, type Node } from '../../api/kinds.ts';
import { ignoring } from '../shared/ownership.ts';
import { readyCondition } from './health.ts';
import { evictionTaintKey, withEvictionTaint } from './node-taints.ts';
import type { Informer } from '../../client/informer.ts';
import type { Task } from '../../sim/wait.ts';
import type { Timer } from '../../sim/kernel.ts';
import type { ControllerContext } from '../context.ts';

/**
 * Puts NoExecute taints on the silent nodes of one zone, no faster than the zone's rate: the first
 * at once, further ones as tokens come (scheduler/rate_limited_queue.go with a burst of 1).
 */
export class ZoneTainter {
  private readonly context: ControllerContext;
  private readonly nodes: Informer<Node>;
  private readonly waiting = new Set<string>();
  private nodesPerSecond: number;
  /** When the next node may be tainted. */
  private freeAtMs = 0;
  private timer: Timer | undefined;

  constructor(context: ControllerContext, nodes: Informer<Node>, nodesPerSecond: number) {
    this.context = context;
    this.nodes = nodes;
    this.nodesPerSecond = nodesPerSecond;
    context.group.onKill(() => this.timer?.cancel());
  }

  add(name: string): void {
    this.waiting.add(name);
    this.schedule();
  }

  remove(name: string): void {
    this.waiting.delete(name);
  }

  clear(): void {
    this.waiting.clear();
  }

  setRate(nodesPerSecond: number): void {
    if (nodesPerSecond === this.nodesPerSecond) return;
    this.nodesPerSecond = nodesPerSecond;
    this.freeAtMs = this.context.kernel.now;
    this.timer?.cancel();
    this.timer = undefined;
    this.schedule();
  }

  private schedule(): void {
    const { kernel, group } = this.context;
    if (this.timer || this.waiting.size === 0 || this.nodesPerSecond <= 0) return;
    this.timer = kernel.at(Math.max(kernel.now, this.freeAtMs), () => {
      this.timer = undefined;
      group.spawn('noexecute-tainter', this.taintNext());
    });
  }

  private *taintNext(): Task<void> {
    const { kernel } = this.context;
    for (const name of this.waiting) {
      this.waiting.delete(name);
      this.freeAtMs = kernel.now + 1000 / this.nodesPerSecond;
      try {
        yield* this.taint(name);
      } catch (error) {
        this.context.log(`"Failed to taint NoExecute" node="${name}" err="${String(error)}"`);
        this.waiting.add(name);
      }
      break;
    }
    this.schedule();
  }

  private *taint(name: string): Task<void> {
    const node = this.nodes.get(name);
    const key = node && evictionTaintKey(readyCondition(node)?.status);
    const taints = key && withEvictionTaint(node, key, this.context.kernel.timestamp());
    if (taints) yield* writeTaints(this.context, node.metadata.name, node.metadata.resourceVersion, taints);
  }
}

/** Replaces a node's taints if it has not changed since it was read. */
export function* writeTaints(context: ControllerContext, name: string, resourceVersion: string, taints: readonly unknown[]): Task<void> {
  const patch = { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } };
  yield* ignoring(['NotFound'], context.client.patch(NODES, { name }, 'merge', patch));
}
