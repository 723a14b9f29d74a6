import { Pool } from './intern.ts';
import type { Pod } from '../../api/kinds.ts';
import type { ContainerStatus } from './container-status.ts';

type PodStatus = NonNullable<Pod['status']>;
export type PodCondition = NonNullable<PodStatus['conditions']>[number];

/** A condition before it has a time. */
export interface Verdict {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

const conditions = new Pool<PodCondition>(2048);

/** The conditions the kubelet owns, in the order in which it writes them (kubelet_pods.go). */
const OWN_TYPES: ReadonlySet<string> = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

/**
 * Turns verdicts into conditions: one whose status has not changed keeps its time, and the very
 * object if nothing has changed. Conditions of others follow in their order.
 */
export function stampConditions(
  verdicts: readonly Verdict[],
  before: readonly PodCondition[] | undefined,
  now: string,
  generation: number | undefined,
): PodCondition[] {
  const result = verdicts.map((verdict) => {
    const old = before?.find(({ type }) => type === verdict.type);
    const time = old && old.status === verdict.status ? (old.lastTransitionTime ?? now) : now;
    if (old && isSame(old, verdict, time, generation)) return old;
    const { type, status, reason, message } = verdict;
    return conditions.get(`${type}|${status}|${time}|${generation}|${reason}|${message}`, () => condition(verdict, time, generation));
  });
  for (const other of before ?? []) if (!OWN_TYPES.has(other.type)) result.push(other);
  return result;
}

function condition(
  { type, status, reason, message }: Verdict,
  lastTransitionTime: string,
  observedGeneration: number | undefined,
): PodCondition {
  return {
    lastProbeTime: null as unknown as string,
    lastTransitionTime,
    ...(message !== undefined && { message }),
    ...(observedGeneration !== undefined && { observedGeneration }),
    ...(reason !== undefined && { reason }),
    status,
    type,
  };
}

function isSame(old: PodCondition, { reason, message }: Verdict, time: string, generation: number | undefined): boolean {
  const observed = (old as { observedGeneration?: number }).observedGeneration;
  return old.lastTransitionTime === time && old.reason === reason && old.message === message && observed === generation;
}

/** pkg/kubelet/status/generate.go: GenerateContainersReadyCondition. */
export function containersReady(statuses: readonly ContainerStatus[], phase: string): Verdict {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const unready = statuses.filter((status) => !status.ready);
  if (unready.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: ${names(unready)}` };
}

/** GeneratePodReadyCondition: the containers, then the pod's readiness gates. */
export function podReady(containers: Verdict, pod: Pod, phase: string): Verdict {
  const type = 'Ready';
  if (containers.status !== 'True') return { ...containers, type };
  if (phase !== 'Running') return { type, status: 'False' };
  const problems: string[] = [];
  for (const { conditionType } of pod.spec?.readinessGates ?? []) {
    const gate = pod.status?.conditions?.find((condition) => condition.type === conditionType);
    if (!gate) problems.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (gate.status !== 'True') problems.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`);
  }
  if (problems.length === 0) return { type, status: 'True' };
  const message = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  return { type, status: 'False', reason: 'ReadinessGatesNotReady', message };
}

/** GeneratePodInitializedCondition: init containers have ended, sidecars have started. */
export function initialized(pod: Pod, statuses: readonly ContainerStatus[], phase: string): Verdict {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  const incomplete = (pod.spec?.initContainers ?? []).filter((spec) => {
    const status = statuses.find(({ name }) => name === spec.name);
    if (!status) return true;
    const isSidecar = (spec as { restartPolicy?: string }).restartPolicy === 'Always';
    return isSidecar ? !status.started : !status.ready;
  });
  if (incomplete.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${names(incomplete)}` };
}

function names(items: readonly { readonly name: string }[]): string {
  return `[${items.map(({ name }) => name).join(' ')}]`;
}
