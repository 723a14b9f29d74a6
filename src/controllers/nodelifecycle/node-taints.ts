import { findCondition } from '../shared/conditions.ts';
import { isSameTaint, NOT_READY, UNREACHABLE } from '../shared/taints.ts';
import type { Node } from '../../api/kinds.ts';
import type { Taint } from 'kubernetes-types/core/v1';

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Condition, its status, and the NoSchedule taint that follows from it (nodeConditionToTaintKeyStatusMap). */
const CONDITION_TAINTS: readonly (readonly [condition: string, status: string, key: string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];

const MANAGED_KEYS = new Set([...CONDITION_TAINTS.map(([, , key]) => key), UNSCHEDULABLE]);

/** The taints of a node with those for its conditions and its being cordoned right; undefined when they are. */
export function conditionTaints(node: Node, now: string): Taint[] | undefined {
  const wanted: string[] = [];
  for (const [type, status, key] of CONDITION_TAINTS) {
    if (findCondition(node.status?.conditions, type)?.status === status) wanted.push(key);
  }
  if (node.spec?.unschedulable) wanted.push(UNSCHEDULABLE);
  const present = node.spec?.taints ?? [];
  const managed = (taint: Taint): boolean => taint.effect === 'NoSchedule' && MANAGED_KEYS.has(taint.key);
  const kept = present.filter((taint) => !managed(taint) || wanted.includes(taint.key));
  const missing = wanted.filter((key) => !present.some((taint) => managed(taint) && taint.key === key));
  if (missing.length === 0 && kept.length === present.length) return undefined;
  return [...kept, ...missing.map((key) => ({ key, effect: 'NoSchedule', timeAdded: now }) as unknown as Taint)];
}

/** The NoExecute taint that a Ready status asks for. */
export function evictionTaintKey(readyStatus: string | undefined): string | undefined {
  if (readyStatus === 'False') return NOT_READY;
  return readyStatus === 'Unknown' ? UNREACHABLE : undefined;
}

/** The taints of a node with this NoExecute taint, or none, in place of the controller's other one; undefined when they are right. */
export function withEvictionTaint(node: Node, key: string | undefined, now: string): Taint[] | undefined {
  const present = node.spec?.taints ?? [];
  const ours = [NOT_READY, UNREACHABLE].map((each): Taint => ({ key: each, effect: 'NoExecute' }));
  const found = present.filter((taint) => ours.some((each) => isSameTaint(each, taint)));
  if (found.length === (key ? 1 : 0) && found.every((taint) => taint.key === key)) return undefined;
  const others = present.filter((taint) => !found.includes(taint) || taint.key === key);
  if (!key || others.some((taint) => taint.key === key && taint.effect === 'NoExecute')) return others;
  return [...others, { key, effect: 'NoExecute', timeAdded: now } as unknown as Taint];
}
