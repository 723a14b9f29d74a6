import { parseRfc3339 } from '../../base/time.ts';
import { findCondition } from '../shared/conditions.ts';
import type { Lease, Node } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { NodeCondition } from 'kubernetes-types/core/v1';

/** What was last seen of a node, and when by our own clock. */
export interface NodeHealth {
  /** When the node last gave a sign of life. */
  probeMs: number;
  heartbeat: string | undefined;
  renewTime: string | undefined;
}

export interface GracePeriods {
  /** For nodes that have posted their status. */
  readonly monitorMs: number;
  /** For nodes that have not yet. */
  readonly startupMs: number;
}

/** The conditions that become Unknown together. */
const CHECKED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

export function readyCondition(node: Node): NodeCondition | undefined {
  return findCondition(node.status?.conditions, 'Ready');
}

/** Notes signs of life: a new heartbeat in the status or a renewed lease (node_lifecycle_controller.go tryUpdateNodeHealth). */
export function noteHealth(known: NodeHealth | undefined, node: Stored<Node>, lease: Lease | undefined, nowMs: number): NodeHealth {
  const heartbeat = readyCondition(node)?.lastHeartbeatTime as string | undefined;
  const renewTime = lease?.spec?.renewTime as string | undefined;
  if (!known) {
    const probeMs = heartbeat === undefined ? parseRfc3339(String(node.metadata.creationTimestamp)) : nowMs;
    return { probeMs: renewTime === undefined ? probeMs : nowMs, heartbeat, renewTime };
  }
  const alive =
    known.heartbeat !== heartbeat || (renewTime !== undefined && (known.renewTime === undefined || renewTime > known.renewTime));
  if (alive) known.probeMs = nowMs;
  known.heartbeat = heartbeat;
  known.renewTime = renewTime ?? known.renewTime;
  return known;
}

/** The conditions of a node that has been silent for too long, or undefined while all is well or known to be not. */
export function silentConditions(
  node: Stored<Node>,
  health: NodeHealth,
  periods: GracePeriods,
  nowMs: number,
  now: string,
): NodeCondition[] | undefined {
  const graceMs = readyCondition(node) ? periods.monitorMs : periods.startupMs;
  if (nowMs <= health.probeMs + graceMs) return undefined;
  const conditions = [...(node.status?.conditions ?? [])];
  let changed = false;
  for (const type of CHECKED) {
    const at = conditions.findIndex((condition) => condition.type === type);
    if (at < 0) {
      conditions.push(neverUpdated(node, type, now));
      changed = true;
    } else if (conditions[at]!.status !== 'Unknown') {
      const stopped = {
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: now,
      };
      conditions[at] = { ...conditions[at]!, ...(stopped as unknown as NodeCondition), type };
      changed = true;
    }
  }
  return changed ? conditions : undefined;
}

function neverUpdated(node: Stored<Node>, type: string, now: string): NodeCondition {
  return {
    type,
    status: 'Unknown',
    lastHeartbeatTime: node.metadata.creationTimestamp,
    lastTransitionTime: now,
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
  } as unknown as NodeCondition;
}
