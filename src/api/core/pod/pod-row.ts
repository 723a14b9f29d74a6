import { ageOf, since } from '../../table.ts';
import type { Cell, RowContext, TableRow } from '../../behaviour.ts';
import type { Container, ContainerStatus, Pod } from 'kubernetes-types/core/v1';

/* The Table row of a pod (pkg/printers/internalversion printPod). */

const SUCCEEDED = [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }];
const FAILED = [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }];

/** Restarts counted so far, with the time of the latest. */
interface Restarts {
  count: number;
  last: string;
}

/** What the statuses of containers say of a pod. */
interface Summary {
  reason: string;
  ready: number;
  restarts: Restarts;
}

function addRestarts(restarts: Restarts, status: ContainerStatus): void {
  restarts.count += status.restartCount ?? 0;
  const finished = status.lastState?.terminated?.finishedAt;
  if (finished && finished > restarts.last) restarts.last = finished;
}

/** A container that runs beside the main ones although it starts before them. */
function isSidecar(container: (Container & { restartPolicy?: string }) | undefined): boolean {
  return container?.restartPolicy === 'Always';
}

function endOf({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode: number }): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
}

/** What an init container that holds up the pod is doing, or undefined if it does not hold it up. */
function holdup(status: ContainerStatus, sidecar: boolean, index: number, count: number): string | undefined {
  const { terminated, waiting } = status.state ?? {};
  if (terminated && terminated.exitCode === 0) return undefined;
  if (sidecar && status.started) return undefined;
  if (terminated) return `Init:${endOf(terminated)}`;
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${index}/${count}`;
}

function hasTrueCondition(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

function summarizeInit(pod: Pod, summary: Summary, sidecarRestarts: Restarts): boolean {
  const containers = pod.spec?.initContainers ?? [];
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (let i = 0; i < statuses.length; i++) {
    const status = statuses[i] as ContainerStatus;
    const sidecar = isSidecar(containers.find(({ name }) => name === status.name));
    addRestarts(summary.restarts, status);
    if (sidecar) addRestarts(sidecarRestarts, status);
    const reason = holdup(status, sidecar, i, containers.length);
    if (reason !== undefined) {
      summary.reason = reason;
      return true;
    }
    if (sidecar && status.started && status.ready && !(status.state?.terminated?.exitCode === 0)) summary.ready++;
  }
  return false;
}

function summarizeMain(pod: Pod, summary: Summary): void {
  const statuses = pod.status?.containerStatuses ?? [];
  let running = false;
  for (let i = statuses.length - 1; i >= 0; i--) {
    const status = statuses[i] as ContainerStatus;
    addRestarts(summary.restarts, status);
    const { waiting, terminated } = status.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) summary.reason = endOf(terminated);
    else if (status.ready && status.state?.running) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason === 'Completed' && running) summary.reason = hasTrueCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

function summarize(pod: Pod): Summary {
  const { status } = pod;
  const summary: Summary = { reason: status?.reason || (status?.phase ?? ''), ready: 0, restarts: { count: 0, last: '' } };
  if (status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated'))
    summary.reason = 'SchedulingGated';
  const sidecarRestarts: Restarts = { count: 0, last: '' };
  const initializing = summarizeInit(pod, summary, sidecarRestarts);
  if (!initializing || hasTrueCondition(pod, 'Initialized')) {
    summary.restarts = sidecarRestarts;
    summarizeMain(pod, summary);
  }
  if (pod.metadata?.deletionTimestamp) {
    if (status?.reason === 'NodeLost') summary.reason = 'Unknown';
    else if (status?.phase !== 'Failed' && status?.phase !== 'Succeeded') summary.reason = 'Terminating';
  }
  return summary;
}

/** What `kubectl get pods` shows as STATUS. */
export function podStatusText(pod: Pod): string {
  return summarize(pod).reason;
}

export function podRow(pod: Pod, context: RowContext): TableRow {
  const { spec, status } = pod;
  const { reason, ready, restarts } = summarize(pod);
  const total = (spec?.containers?.length ?? 0) + (spec?.initContainers?.filter(isSidecar).length ?? 0);
  const restartText =
    restarts.count !== 0 && restarts.last ? `${restarts.count} (${since(restarts.last, context)} ago)` : String(restarts.count);
  const gates = spec?.readinessGates ?? [];
  const open = gates.filter(({ conditionType }) => hasTrueCondition(pod, conditionType)).length;
  const cells: Cell[] = [
    pod.metadata?.name ?? '',
    `${ready}/${total}`,
    reason,
    restartText,
    ageOf(pod, context),
    status?.podIPs?.[0]?.ip || status?.podIP || '<none>',
    spec?.nodeName || '<none>',
    status?.nominatedNodeName || '<none>',
    gates.length > 0 ? `${open}/${gates.length}` : '<none>',
  ];
  if (status?.phase === 'Succeeded') return { cells, conditions: SUCCEEDED };
  return status?.phase === 'Failed' ? { cells, conditions: FAILED } : { cells };
}
