import type { ContainerStatus, Pod } from 'kubernetes-types/core/v1';
import type { ContainerRow, PodRow, PodState } from '../../protocol/rows.ts';
import { cpuMillis, memoryBytes, ownerOf } from './common.ts';

/** Texts of the kubelet's pull event, told apart from other waits: the status says only ContainerCreating. */
export type Pulling = (podUid: string, container: string) => boolean;

/** The compact row of a pod. `pulling` knows which containers' images are on their way. */
export function podRow(key: string, pod: Pod, pulling: Pulling): PodRow {
  const metadata = pod.metadata!;
  const uid = metadata.uid ?? '';
  const containers = [...containerRows(pod, true, uid, pulling), ...containerRows(pod, false, uid, pulling)];
  const ready = pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
  const { status, message } = podStatus(pod, containers);
  return {
    kind: 'pod',
    key,
    uid,
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    node: pod.spec?.nodeName ?? '',
    state: podState(pod, containers, ready, status),
    status,
    message,
    ip: pod.status?.podIP ?? '',
    restarts: containers.reduce((sum, container) => sum + container.restarts, 0),
    ready,
    owner: ownerOf(metadata),
    containers,
    createdMs: Date.parse(String(metadata.creationTimestamp ?? '')) || 0,
    ...requests(pod),
  };
}

function containerRows(pod: Pod, init: boolean, uid: string, pulling: Pulling): ContainerRow[] {
  const specs = (init ? pod.spec?.initContainers : pod.spec?.containers) ?? [];
  const statuses = (init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses) ?? [];
  return specs.map((spec) => {
    const status = statuses.find((candidate) => candidate.name === spec.name);
    const { state, word, message } = containerState(pod, status, pulling(uid, spec.name));
    return { name: spec.name, image: spec.image ?? '', state, word, message, restarts: status?.restartCount ?? 0, init };
  });
}

function containerState(
  pod: Pod,
  status: ContainerStatus | undefined,
  isPulling: boolean,
): Pick<ContainerRow, 'state' | 'word' | 'message'> {
  const state = status?.state;
  if (state?.running) return { state: status!.ready ? 'ready' : 'running', word: 'Running', message: '' };
  if (state?.terminated) {
    const { exitCode, reason, message } = state.terminated;
    const word = reason ?? (exitCode === 0 ? 'Completed' : `ExitCode:${exitCode}`);
    return { state: exitCode === 0 ? 'succeeded' : 'failed', word, message: message ?? (exitCode === 0 ? '' : `exit code ${exitCode}`) };
  }
  const reason = state?.waiting?.reason ?? '';
  const message = state?.waiting?.message ?? '';
  if (isPulling && (reason === '' || reason === 'ContainerCreating' || reason === 'PodInitializing')) {
    return { state: 'pulling', word: 'Pulling', message };
  }
  if (reason === 'CrashLoopBackOff') return { state: 'crashing', word: reason, message };
  if (/^(Err|Image|Invalid|Create|Run|Registry)/.test(reason)) return { state: 'failed', word: reason, message };
  if (!pod.spec?.nodeName) return { state: 'waiting', word: 'Waiting', message: '' };
  return { state: 'creating', word: reason || 'ContainerCreating', message };
}

/** The STATUS column of `kubectl get pods` (upstream: printers/internalversion printPod) and why. */
function podStatus(pod: Pod, containers: readonly ContainerRow[]): { status: string; message: string } {
  const phase = pod.status?.phase ?? 'Pending';
  if (pod.metadata?.deletionTimestamp) {
    const status = pod.status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
    return { status, message: `deletion was asked for, grace period ${pod.metadata.deletionGracePeriodSeconds ?? 0} s` };
  }
  const init = containers.filter((container) => container.init);
  const unfinished = init.findIndex((container) => container.state !== 'succeeded');
  if (pod.spec?.nodeName && unfinished >= 0 && phase === 'Pending') {
    const { state, word, message } = init[unfinished]!;
    const plain = state === 'running' || state === 'ready' || word === 'PodInitializing' || word === 'ContainerCreating';
    return { status: plain ? `Init:${unfinished}/${init.length}` : `Init:${word}`, message };
  }
  const scheduled = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    return { status: scheduled.reason === 'SchedulingGated' ? 'SchedulingGated' : phase, message: scheduled.message ?? '' };
  }
  for (let index = containers.length - 1; index >= 0; index--) {
    const { init: isInit, state, word, message } = containers[index]!;
    if (isInit) continue;
    if (state === 'crashing' || state === 'failed') return { status: word, message };
    if (state === 'succeeded' && phase !== 'Running') return { status: word, message };
    if (state === 'creating' || state === 'pulling') return { status: word === 'Pulling' ? 'ContainerCreating' : word, message };
  }
  return { status: pod.status?.reason ?? phase, message: pod.status?.message ?? '' };
}

function podState(pod: Pod, containers: readonly ContainerRow[], ready: boolean, status: string): PodState {
  if (status === 'Unknown') return 'unknown';
  if (pod.metadata?.deletionTimestamp) return 'terminating';
  const phase = pod.status?.phase ?? 'Pending';
  if (phase === 'Succeeded') return 'succeeded';
  if (phase === 'Failed') return 'failed';
  if (!pod.spec?.nodeName) return 'pending';
  const has = (state: ContainerRow['state']) => containers.some((container) => container.state === state);
  if (has('crashing')) return 'crashing';
  if (has('failed')) return containers.some((container) => container.restarts > 0) ? 'crashing' : 'failed';
  if (phase === 'Running') return ready ? 'ready' : 'running';
  if (has('pulling')) return 'pulling';
  return pod.status?.containerStatuses || pod.status?.startTime ? 'creating' : 'scheduled';
}

function requests(pod: Pod): Pick<PodRow, 'requestedCpuMillis' | 'requestedMemoryBytes'> {
  let requestedCpuMillis = 0;
  let requestedMemoryBytes = 0;
  for (const { resources } of pod.spec?.containers ?? []) {
    requestedCpuMillis += cpuMillis(resources?.requests?.cpu);
    requestedMemoryBytes += memoryBytes(resources?.requests?.memory);
  }
  for (const { resources } of pod.spec?.initContainers ?? []) {
    requestedCpuMillis = Math.max(requestedCpuMillis, cpuMillis(resources?.requests?.cpu));
    requestedMemoryBytes = Math.max(requestedMemoryBytes, memoryBytes(resources?.requests?.memory));
  }
  return { requestedCpuMillis, requestedMemoryBytes };
}
