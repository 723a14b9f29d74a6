import { NODES } from '../kinds.ts';
import { addProblems, duplicateField, forbiddenField, invalidField, type FieldErrors } from '../field-errors.ts';
import { isLegacyCidr } from '../names.ts';
import { changeField, withDefaults, withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { canonicalResources } from './pod/container-defaults.ts';
import { validateAmount } from './pod/validate-resources.ts';
import { validateTaints } from './validate-taints.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Node, NodeSpec, NodeStatus } from 'kubernetes-types/core/v1';

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

const NO_SPEC: NodeSpec = {};
const ROLE_PREFIX = 'node-role.kubernetes.io/';

function defaults(node: Node): Node {
  let status = withDefaults(node.status ?? {}, STATUS);
  status = changeField(changeField(status, 'capacity', canonicalResources as never), 'allocatable', canonicalResources as never);
  if (!status.allocatable && status.capacity) status = { ...status, allocatable: status.capacity };
  const spec = withPodRanges(node.spec ?? NO_SPEC);
  return withField(withField(node, 'spec', spec), 'status', status);
}

/** The first of the ranges for pods also stands alone, for clients that know only one. */
function withPodRanges(spec: NodeSpec): NodeSpec {
  const { podCIDR, podCIDRs } = spec;
  if (podCIDRs && podCIDRs.length > 0) return podCIDR === podCIDRs[0] ? spec : { ...spec, podCIDR: podCIDRs[0] as string };
  return podCIDR ? { ...spec, podCIDRs: [podCIDR] } : spec;
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

function validateResources(errors: FieldErrors, { status }: Node): void {
  for (const part of ['capacity', 'allocatable'] as const) {
    const amounts = status?.[part] as Record<string, string> | undefined;
    for (const name of Object.keys(amounts ?? {}).sort()) validateAmount(errors, name, amounts![name] as string, `status.${part}.${name}`);
  }
}

function validate(node: Node): FieldErrors {
  const errors: FieldErrors = [];
  if (node.spec?.taints) validateTaints(errors, node.spec.taints, 'metadata.taints');
  validateResources(errors, node);
  const ranges = node.spec?.podCIDRs ?? [];
  ranges.forEach((range, i) => addProblems(errors, `spec.podCIDRs[${i}]`, range, isLegacyCidr(range)));
  if (ranges.length > 1) {
    const sixes = ranges.filter((range) => range.includes(':')).length;
    if (ranges.length > 2 || sixes !== 1)
      errors.push(invalidField('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family'));
    ranges.forEach((range, i) => {
      if (ranges.indexOf(range) < i) errors.push(duplicateField(`spec.podCIDRs[${i}]`, range));
    });
  }
  return errors;
}

function validateUpdate(node: Node, old: Node): FieldErrors {
  const errors: FieldErrors = [];
  const { podCIDRs: before = [], providerID: formerId } = old.spec ?? {};
  const { podCIDRs: now = [], providerID, taints } = node.spec ?? {};
  if (before.length > 0 && (before.length !== now.length || before.some((range, i) => range !== now[i]))) {
    errors.push(forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if (formerId && formerId !== providerID) {
    errors.push(forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  if (taints && taints !== old.spec?.taints) validateTaints(errors, taints, 'metadata.taints');
  return errors;
}

function validateStatusUpdate(node: Node, old: Node): FieldErrors {
  const errors: FieldErrors = [];
  const { capacity, allocatable, addresses } = node.status ?? {};
  if (capacity !== old.status?.capacity || allocatable !== old.status?.allocatable) validateResources(errors, node);
  if (addresses === old.status?.addresses) return errors;
  const seen = new Set<string>();
  addresses?.forEach(({ type, address }, i) => {
    const key = `${type}/${address}`;
    if (seen.has(key)) errors.push(duplicateField(`status.addresses[${i}]`, { Type: type, Address: address }));
    seen.add(key);
  });
  return errors;
}

export const nodeBehaviour: KindBehaviour<Node> = {
  kind: NODES,
  defaults,
  // A kubelet registers its node together with the node's status.
  initialStatus: (node) => node.status,
  validate,
  validateUpdate,
  validateStatusUpdate,
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
