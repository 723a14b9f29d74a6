import { equalValues } from '../../api/equal.ts';
import { parseRfc3339 } from '../../base/time.ts';
import { isPodReady, isPodTerminal } from '../shared/pods.ts';
import { scaledValue } from '../shared/int-or-percent.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { PodDisruptionBudget } from '../shared/kinds.ts';

type Status = NonNullable<PodDisruptionBudget['status']>;

/** An eviction that was allowed and whose pod is still there after this long did not happen. */
const EVICTION_TIMEOUT_MS = 2 * 60_000;

export interface BudgetState {
  readonly pods: readonly Stored<Pod>[];
  /** How many pods the controllers of the pods want, all in all. */
  readonly wantedByControllers: number;
  readonly nowMs: number;
  readonly now: string;
}

/** Whether a budget needs to know the scale of its pods' controllers. */
export function needsScale(budget: PodDisruptionBudget): boolean {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  return maxUnavailable !== undefined || typeof (minAvailable as unknown) === 'string';
}

/** The status of a budget (disruption.go trySync), and when it should be looked at again. */
export function budgetStatus(budget: Stored<PodDisruptionBudget>, state: BudgetState): { status: Status; recheckInMs: number | undefined } {
  const { disrupted, recheckInMs } = stillDisrupted(budget, state);
  const expected = needsScale(budget) ? state.wantedByControllers : state.pods.length;
  const desired = desiredHealthy(budget, expected);
  const healthy = state.pods.filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined && isPodReady(pod),
  ).length;
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
  const condition = {
    type: 'DisruptionAllowed',
    status: allowed > 0 ? 'True' : 'False',
    observedGeneration: budget.metadata.generation,
    lastTransitionTime: state.now,
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  };
  const former = budget.status?.conditions?.find((each) => each.type === 'DisruptionAllowed');
  if (former?.status === condition.status) condition.lastTransitionTime = String(former.lastTransitionTime);
  const status = {
    ...(budget.metadata.generation && { observedGeneration: budget.metadata.generation }),
    ...(Object.keys(disrupted).length > 0 && { disruptedPods: disrupted }),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [condition],
  } as unknown as Status;
  return { status, recheckInMs };
}

function desiredHealthy(budget: PodDisruptionBudget, expected: number): number {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (maxUnavailable !== undefined) return Math.max(0, expected - scaledValue(maxUnavailable as number | string, expected, true));
  return scaledValue(minAvailable as number | string | undefined, expected, true, 0);
}

/** Pods whose eviction was allowed a moment ago and which are not yet being deleted. */
function stillDisrupted(
  budget: PodDisruptionBudget,
  { pods, nowMs }: BudgetState,
): { disrupted: Record<string, string>; recheckInMs: number | undefined } {
  const disrupted: Record<string, string> = {};
  let recheckInMs: number | undefined;
  const known = (budget.status?.disruptedPods ?? {}) as unknown as Record<string, string>;
  for (const pod of pods) {
    const since = known[pod.metadata.name];
    if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    const waitMs = parseRfc3339(since) + EVICTION_TIMEOUT_MS - nowMs;
    if (waitMs <= 0) continue;
    disrupted[pod.metadata.name] = since;
    recheckInMs = Math.min(recheckInMs ?? Infinity, waitMs);
  }
  return { disrupted, recheckInMs };
}

export function sameStatus(a: Status | undefined, b: Status): boolean {
  return equalValues(a, b);
}

/** Pods that a budget guards: those that have not ended. */
export function isGuarded(pod: Pod): boolean {
  return !isPodTerminal(pod);
}
