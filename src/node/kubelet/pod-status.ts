import { rfc3339 } from '../../base/time.ts';
import { containersReady, initialized, podReady, stampConditions, type Verdict } from './conditions.ts';
import { containerStatus, type ContainerSpec, type ContainerStatus, type WaitReason } from './container-status.ts';
import { sameValue } from './intern.ts';
import type { Pod } from '../../api/kinds.ts';
import type { PodView } from './view.ts';

export type PodStatus = NonNullable<Pod['status']>;
type HostIps = readonly { readonly ip: string }[];

/** Everything a pod's status is made of. */
export interface StatusFacts {
  readonly pod: Pod;
  readonly view: PodView;
  /** What was reported last: conditions keep their times by it, lost containers are remembered. */
  readonly before: PodStatus | undefined;
  readonly nowEpochMs: number;
  readonly startEpochMs: number;
  /** When the kubelet took the pod up. */
  readonly startTime: string;
  readonly hostIp: string;
  readonly hostIps: HostIps;
  waiting(container: string): WaitReason | undefined;
  /** What the probes say: started, and ready if it runs. */
  isStarted(container: string): boolean;
  isReady(container: string): boolean;
  /** The pod is being ended: by its deletion, its deadline, or an eviction. */
  readonly ending: boolean;
  /** The pod was ended by the kubelet for a reason of its own, and counts as failed. */
  readonly failed?: { readonly reason: string; readonly message: string };
}

/** A pod's status as the kubelet reports it (kubelet_pods.go, generateAPIPodStatus). */
export function podStatus(facts: StatusFacts): PodStatus {
  const { pod, view, before, startTime, hostIp, hostIps, failed } = facts;
  const spec = pod.spec!;
  const initSpecs = spec.initContainers ?? NO_CONTAINERS;
  const initStatuses = initSpecs.length > 0 ? statusesOf(facts, initSpecs, before?.initContainerStatuses, true) : undefined;
  const isInitialized = !initStatuses || initialized(pod, initStatuses, '').status === 'True';
  const statuses = statusesOf(facts, spec.containers, before?.containerStatuses, false, isInitialized);
  const reported = before?.phase;
  const isFinal = reported === 'Succeeded' || reported === 'Failed';
  const phase = failed ? 'Failed' : isFinal ? reported : phaseOf(pod, facts, statuses, initStatuses);
  const verdict = containersReady(statuses, phase);
  const sandboxReady = view.sandbox?.state === 'ready' && view.sandbox.ip !== '';
  const verdicts: Verdict[] = [
    { type: 'PodReadyToStartContainers', status: sandboxReady ? 'True' : 'False' },
    initialized(pod, initStatuses ?? [], phase),
    podReady(verdict, pod, phase),
    verdict,
    { type: 'PodScheduled', status: 'True' },
  ];
  const generation = (pod.metadata as { generation?: number } | undefined)?.generation;
  const status: Record<string, unknown> = {
    conditions: stampConditions(verdicts, before?.conditions, rfc3339(facts.nowEpochMs), generation),
    containerStatuses: statuses,
    hostIP: hostIp,
    hostIPs: hostIps,
  };
  if (initStatuses) status['initContainerStatuses'] = initStatuses;
  const ip = view.sandbox?.ip || before?.podIP;
  if (failed) status['message'] = failed.message;
  else if (isFinal && before?.message) status['message'] = before.message;
  if (generation !== undefined) status['observedGeneration'] = generation;
  status['phase'] = phase;
  if (ip) {
    status['podIP'] = ip;
    status['podIPs'] = before?.podIP === ip && before.podIPs ? before.podIPs : [{ ip }];
  }
  status['qosClass'] = pod.status?.qosClass ?? 'BestEffort';
  if (failed) status['reason'] = failed.reason;
  else if (isFinal && before?.reason) status['reason'] = before.reason;
  status['startTime'] = startTime;
  return status as PodStatus;
}

const NO_CONTAINERS: readonly ContainerSpec[] = [];

function statusesOf(
  facts: StatusFacts,
  specs: readonly ContainerSpec[],
  before: readonly ContainerStatus[] | undefined,
  isInit: boolean,
  isInitialized = true,
): ContainerStatus[] {
  const hasInit = (facts.pod.spec?.initContainers?.length ?? 0) > 0;
  const defaultReason = isInit || (hasInit && !isInitialized) ? 'PodInitializing' : 'ContainerCreating';
  return specs.map((spec) => {
    const reported = before?.find(({ name }) => name === spec.name);
    const history = facts.view.history(spec.name);
    const running = history?.current.state === 'running';
    const isSidecar = (spec as { restartPolicy?: string }).restartPolicy === 'Always';
    const completed = history?.current.state === 'exited' && history.current.exitCode === 0;
    const started = running && facts.isStarted(spec.name);
    const status = containerStatus({
      spec,
      history,
      waiting: facts.waiting(spec.name),
      defaultReason,
      ready: isInit && !isSidecar ? completed : running && started && facts.isReady(spec.name),
      started,
      reported,
      ending: facts.ending || facts.failed !== undefined,
      startEpochMs: facts.startEpochMs,
    });
    return reported && sameValue(reported, status) ? reported : status;
  });
}

/** kubelet_pods.go, getPhase. */
function phaseOf(
  pod: Pod,
  facts: StatusFacts,
  statuses: readonly ContainerStatus[],
  initStatuses: readonly ContainerStatus[] | undefined,
): string {
  const restartPolicy = pod.spec?.restartPolicy ?? 'Always';
  for (const [i, status] of (initStatuses ?? []).entries()) {
    const isSidecar = (pod.spec!.initContainers![i] as { restartPolicy?: string }).restartPolicy === 'Always';
    const ended = status.state?.terminated ?? status.lastState?.terminated;
    if (isSidecar ? status.started || facts.ending : ended?.exitCode === 0) continue;
    return ended && (restartPolicy === 'Never' || facts.ending) && !isSidecar ? 'Failed' : 'Pending';
  }
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let succeeded = 0;
  for (const { state, lastState } of statuses) {
    if (state?.running) running++;
    else if (state?.terminated) {
      stopped++;
      if (state.terminated.exitCode === 0) succeeded++;
    } else if (lastState?.terminated) stopped++;
    else waiting++;
  }
  if (facts.ending && running === 0) return stopped > 0 && stopped === succeeded ? 'Succeeded' : 'Failed';
  if (waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (restartPolicy === 'Always') return 'Running';
  if (stopped === succeeded) return 'Succeeded';
  return restartPolicy === 'Never' ? 'Failed' : 'Running';
}
