import type { AppliedDocument, ClockAction, InputFile } from '../../protocol/messages.ts';
import type { MachineRow, PodRow, WorkloadRow } from '../../protocol/rows.ts';
import { ask, newId, perform, send } from './connection.ts';
import { notify } from './notices.ts';
import { setView } from './view.ts';

/* What a person can do to the cluster other than type in a terminal. Each tells the kubectl command that does the same. */

export function clock(action: ClockAction): void {
  send({ type: 'clock', clock: action });
}

/** Applies files; resolves when the cluster has answered for every document. */
export async function applyFiles(files: readonly InputFile[]): Promise<readonly AppliedDocument[]> {
  const id = newId();
  const answer = await ask({ type: 'input', id, input: { kind: 'apply', id, files } });
  setView({ lastCommand: `kubectl apply ${files.map((file) => `-f ${file.name}`).join(' ')}` });
  return answer.type === 'applied' ? answer.documents : [];
}

async function request(method: string, path: string, command: string, body?: unknown, query?: [string, string][]): Promise<void> {
  setView({ lastCommand: command });
  const id = newId();
  const answer = await ask({
    type: 'input',
    id,
    input: {
      kind: 'request',
      id,
      method,
      path,
      ...(query && { query }),
      ...(body !== undefined && { body: JSON.stringify(body), contentType: 'application/merge-patch+json' }),
    },
  });
  if (answer.type !== 'responded' || answer.status < 400) return;
  notify('error', 'The API server refused', statusMessage(answer.body) || `status ${answer.status}`);
}

function statusMessage(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: unknown }).message ?? body);
  } catch {
    return body;
  }
}

const inNamespace = (namespace: string) => (namespace === 'default' ? '' : ` -n ${namespace}`);

export function deletePod(pod: PodRow): Promise<void> {
  return request(
    'DELETE',
    `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`,
    `kubectl delete pod ${pod.name}${inNamespace(pod.namespace)}`,
  );
}

const RESOURCES: Readonly<Record<string, string>> = {
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  ReplicaSet: '/apis/apps/v1/namespaces/NS/replicasets',
  StatefulSet: '/apis/apps/v1/namespaces/NS/statefulsets',
  DaemonSet: '/apis/apps/v1/namespaces/NS/daemonsets',
  ReplicationController: '/api/v1/namespaces/NS/replicationcontrollers',
  Job: '/apis/batch/v1/namespaces/NS/jobs',
  CronJob: '/apis/batch/v1/namespaces/NS/cronjobs',
};

export const isScalable = (type: string): boolean => ['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'].includes(type);

function pathOf(workload: WorkloadRow): string {
  return `${RESOURCES[workload.type]!.replace('NS', workload.namespace)}/${workload.name}`;
}

export function scale(workload: WorkloadRow, replicas: number): Promise<void> {
  const command = `kubectl scale ${workload.type.toLowerCase()} ${workload.name} --replicas=${replicas}${inNamespace(workload.namespace)}`;
  return request('PATCH', pathOf(workload), command, { spec: { replicas } });
}

export function deleteWorkload(workload: WorkloadRow): Promise<void> {
  const command = `kubectl delete ${workload.type.toLowerCase()} ${workload.name}${inNamespace(workload.namespace)}`;
  return request('DELETE', pathOf(workload), command, undefined, [['propagationPolicy', 'Background']]);
}

export function setSchedulable(node: string, schedulable: boolean): Promise<void> {
  const command = `kubectl ${schedulable ? 'uncordon' : 'cordon'} ${node}`;
  return request('PATCH', `/api/v1/nodes/${node}`, command, { spec: { unschedulable: schedulable ? null : true } });
}

export function setUnit(machine: MachineRow, unit: string, action: 'start' | 'stop'): void {
  setView({ lastCommand: `ssh ${machine.name} systemctl ${action} ${unit}` });
  perform({ kind: 'unit', host: machine.name, unit, action });
}

export function setPower(machine: MachineRow, on: boolean): void {
  setView({ lastCommand: '' });
  perform({ kind: 'machine', host: machine.name, action: on ? 'power-on' : 'power-off' });
}
