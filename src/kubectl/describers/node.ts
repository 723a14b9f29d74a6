import { LEASES, PODS, type Event, type Lease, type Node, type Pod } from '../../api/kinds.ts';
import { isApiError } from '../../api/status.ts';
import { addQuantities, cpuMillis, quantityValue } from '../../api/quantity.ts';
import type { Describer, DescribeContext } from './describer.ts';
import { describeEvents, eventsAbout } from './events.ts';
import { ago, longTime } from './format.ts';
import type { DescriptionWriter } from './writer.ts';
import type { Task } from '../../sim/wait.ts';

const ROLE = 'node-role.kubernetes.io/';

export const describeNode: Describer<Node> = function* (w, node, context) {
  const { metadata = {}, spec, status } = node;
  const { name = '' } = metadata;
  w.field('Name', name);
  w.field('Roles', roles(metadata.labels) || '<none>');
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.field('CreationTimestamp', longTime(metadata.creationTimestamp));
  w.taints(spec?.taints);
  w.field('Unschedulable', spec?.unschedulable ?? false);
  yield* describeLease(w, name, context);
  describeNodeConditions(w, node);
  w.line(0, 'Addresses:');
  for (const { type, address } of status?.addresses ?? []) w.line(1, `${type}:\t${address}`);
  describeAmounts(w, 'Capacity', status?.capacity);
  describeAmounts(w, 'Allocatable', status?.allocatable);
  describeSystem(w, node);
  if (spec?.podCIDR) w.field('PodCIDR', spec.podCIDR);
  if (spec?.podCIDRs?.length) w.field('PodCIDRs', spec.podCIDRs.join(','));
  if (spec?.providerID) w.field('ProviderID', spec.providerID);
  const { items } = yield* context.api.list(PODS, { fieldSelector: `spec.nodeName=${name},status.phase!=Failed,status.phase!=Succeeded` });
  describePods(w, items as unknown as Pod[], node, context.nowMs);
  if (context.showEvents) {
    // Controllers speak of a node's uid, its kubelet of its name.
    const events: Event[] = [...(yield* eventsAbout(context.api, node)), ...(yield* eventsAbout(context.api, node, name))];
    describeEvents(w, events, context.nowMs);
  }
};

/** `control-plane,worker` of the role labels, or ''. */
export function roles(labels: Readonly<Record<string, string>> | undefined): string {
  const found = Object.keys(labels ?? {})
    .filter((key) => key.startsWith(ROLE) && key.length > ROLE.length)
    .map((key) => key.slice(ROLE.length));
  if (labels?.['kubernetes.io/role']) found.push(labels['kubernetes.io/role']);
  return [...new Set(found)].sort().join(',');
}

function* describeLease(w: DescriptionWriter, name: string, { api }: DescribeContext): Task<void> {
  let lease: Lease;
  try {
    lease = (yield* api.get(LEASES, { namespace: 'kube-node-lease', name })) as Lease;
  } catch (error) {
    if (!isApiError(error)) throw error;
    w.field('Lease', `Failed to get lease: ${error.message}`);
    return;
  }
  w.line(0, 'Lease:');
  w.line(1, `HolderIdentity:\t${lease.spec?.holderIdentity ?? '<unset>'}`);
  w.line(1, `AcquireTime:\t${lease.spec?.acquireTime ? longTime(lease.spec.acquireTime) : '<unset>'}`);
  w.line(1, `RenewTime:\t${lease.spec?.renewTime ? longTime(lease.spec.renewTime) : '<unset>'}`);
}

function describeNodeConditions(w: DescriptionWriter, { status }: Node): void {
  if (!status?.conditions?.length) return;
  w.line(0, 'Conditions:');
  w.line(1, 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
  w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
  for (const condition of status.conditions) {
    const { type, lastHeartbeatTime, lastTransitionTime, reason = '', message = '' } = condition;
    w.line(1, `${type} \t${condition.status} \t${longTime(lastHeartbeatTime)} \t${longTime(lastTransitionTime)} \t${reason} \t${message}`);
  }
}

function describeAmounts(w: DescriptionWriter, title: string, amounts: Readonly<Record<string, string>> | undefined): void {
  const names = Object.keys(amounts ?? {}).sort();
  if (names.length === 0) return;
  w.line(0, `${title}:`);
  for (const name of names) w.line(1, `${name}:\t${amounts![name]}`);
}

function describeSystem(w: DescriptionWriter, { status }: Node): void {
  const info = status?.nodeInfo;
  w.line(0, 'System Info:');
  w.line(1, `Machine ID:\t${info?.machineID ?? ''}`);
  w.line(1, `System UUID:\t${info?.systemUUID ?? ''}`);
  w.line(1, `Boot ID:\t${info?.bootID ?? ''}`);
  w.line(1, `Kernel Version:\t${info?.kernelVersion ?? ''}`);
  w.line(1, `OS Image:\t${info?.osImage ?? ''}`);
  w.line(1, `Operating System:\t${info?.operatingSystem ?? ''}`);
  w.line(1, `Architecture:\t${info?.architecture ?? ''}`);
  w.line(1, `Container Runtime Version:\t${info?.containerRuntimeVersion ?? ''}`);
  w.line(1, `Kubelet Version:\t${info?.kubeletVersion ?? ''}`);
  w.line(1, `Kube-Proxy Version:\t${info?.kubeProxyVersion ?? ''}`);
}

type Amounts = Record<string, string>;

/** What the containers of a pod ask for together; init containers count where they need more. */
export function podAmounts(pod: Pod, list: 'requests' | 'limits'): Amounts {
  const total: Amounts = {};
  for (const container of pod.spec?.containers ?? []) add(total, container.resources?.[list]);
  for (const { resources } of pod.spec?.initContainers ?? []) {
    for (const [name, amount] of Object.entries(resources?.[list] ?? {})) {
      if (total[name] === undefined || quantityValue(amount) > quantityValue(total[name])) total[name] = amount;
    }
  }
  if (list === 'requests' || Object.keys(total).length > 0) add(total, pod.spec?.overhead);
  return total;
}

function add(total: Amounts, amounts: Readonly<Record<string, string>> | undefined): void {
  for (const [name, amount] of Object.entries(amounts ?? {}))
    total[name] = total[name] === undefined ? amount : addQuantities(total[name], amount);
}

function share(name: string, amount: string, allocatable: Readonly<Record<string, string>> | undefined): string {
  const whole = allocatable?.[name] ?? '0';
  const value = name === 'cpu' ? cpuMillis : quantityValue;
  const percent = value(whole) === 0 ? 0 : Math.trunc((value(amount) / value(whole)) * 100);
  return `${amount} (${percent}%)`;
}

function describePods(w: DescriptionWriter, pods: readonly Pod[], node: Node, nowMs: number): void {
  const allocatable = node.status?.allocatable ?? node.status?.capacity;
  w.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  w.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  w.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  const requests: Amounts = { cpu: '0', memory: '0', 'ephemeral-storage': '0' };
  const limits: Amounts = { ...requests };
  for (const pod of pods) {
    const asked = podAmounts(pod, 'requests');
    const allowed = podAmounts(pod, 'limits');
    add(requests, asked);
    add(limits, allowed);
    const cells = [
      share('cpu', asked.cpu ?? '0', allocatable),
      share('cpu', allowed.cpu ?? '0', allocatable),
      share('memory', asked.memory ?? '0', allocatable),
      share('memory', allowed.memory ?? '0', allocatable),
    ];
    w.line(1, `${pod.metadata?.namespace}\t${pod.metadata?.name}\t\t${cells.join('\t')}\t${ago(pod.metadata?.creationTimestamp, nowMs)}`);
  }
  w.line(0, 'Allocated resources:');
  w.line(0, '  (Total limits may be over 100 percent, i.e., overcommitted.)');
  w.line(1, 'Resource\tRequests\tLimits');
  w.line(1, '--------\t--------\t------');
  for (const name of ['cpu', 'memory', 'ephemeral-storage'])
    w.line(1, `${name}\t${share(name, requests[name]!, allocatable)}\t${share(name, limits[name]!, allocatable)}`);
  const others = Object.keys(allocatable ?? {}).filter((name) => !['cpu', 'memory', 'ephemeral-storage', 'pods'].includes(name));
  for (const name of others.sort()) w.line(1, `${name}\t${requests[name] ?? '0'}\t${limits[name] ?? '0'}`);
}
