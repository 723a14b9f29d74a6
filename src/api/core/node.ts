import { NODES } from '../kinds.ts';
import { changeField, withDefaults, withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { canonicalResources } from './pod/container-defaults.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Node, NodeStatus } from 'kubernetes-types/core/v1';

const NODE_INFO: NodeStatus['nodeInfo'] = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeletVersion: '',
  kubeProxyVersion: '',
  operatingSystem: '',
  architecture: '',
};
const STATUS: NodeStatus = { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: NODE_INFO };

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function defaults(node: Node): Node {
  let status = withDefaults(node.status ?? {}, STATUS);
  status = changeField(changeField(status, 'capacity', canonicalResources as never), 'allocatable', canonicalResources as never);
  if (!status.allocatable && status.capacity) status = { ...status, allocatable: status.capacity };
  return withField(withDefaults(node, { spec: {} }), 'status', status);
}

/** The roles that labels give a node, sorted. */
export function nodeRoles(node: Node): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata?.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return [...roles].sort();
}

/** What `kubectl get nodes` shows as STATUS. */
export function nodeStatusText(node: Node): string {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  const text = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable ? `${text},SchedulingDisabled` : text;
}

function addressOf(node: Node, type: string): string {
  return node.status?.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}

export const nodeBehaviour: KindBehaviour<Node> = {
  kind: NODES,
  defaults,
  // A kubelet registers its node together with the node's status.
  initialStatus: (node) => node.status,
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec?.unschedulable ?? false) },
  row: (node, context) => {
    const info = node.status?.nodeInfo;
    return row(
      node.metadata?.name ?? '',
      nodeStatusText(node),
      nodeRoles(node).join(',') || '<none>',
      ageOf(node, context),
      info?.kubeletVersion ?? '',
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      info?.osImage || '<unknown>',
      info?.kernelVersion || '<unknown>',
      info?.containerRuntimeVersion || '<unknown>',
    );
  },
};
