import { canonicalQuantity } from '../../api/quantity.ts';
import type { Node } from '../../api/kinds.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Runtime } from '../runtime/runtime.ts';

type NodeStatus = NonNullable<Node['status']>;
export type NodeCondition = NonNullable<NodeStatus['conditions']>[number];

export interface NodeFacts {
  readonly name: string;
  readonly machine: Machine;
  readonly runtime: Runtime;
  /** `v1.35.0`. */
  readonly release: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly zone?: string;
  readonly maxPods: number;
  readonly port: number;
}

/** Kept free from pods: the hard eviction threshold `memory.available<100Mi`. */
const RESERVED_MEMORY_BYTES = 100 * 1024 ** 2;
/** What a kernel leaves of the memory that is built in, in thousandths. */
const USABLE_MEMORY_PERMILLE = 976;
/** `nodefs.available<10%`. */
const USABLE_DISK_PERCENT = 90;
/** At most this many images are listed (nodeStatusMaxImages). */
const MOST_IMAGES = 50;
const ROLE_LABEL = 'node-role.kubernetes.io/control-plane';

/** The Node as the kubelet registers it, without conditions. */
export function nodeObject(facts: NodeFacts): Node {
  const { name, labels, taints, zone } = facts;
  const isMaster = taints.some(({ key }) => key === ROLE_LABEL);
  const all: Record<string, string> = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
  if (isMaster) {
    all[ROLE_LABEL] = '';
    all['node.kubernetes.io/exclude-from-external-load-balancers'] = '';
  }
  if (zone) all['topology.kubernetes.io/zone'] = zone;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      labels: { ...all, ...labels },
      name,
    },
    spec:
      taints.length > 0 ? { taints: taints.map(({ key, value, effect }) => ({ effect, key, ...(value !== undefined && { value }) })) } : {},
    status: nodeStatus(facts),
  };
}

/** What a node offers and is; without its conditions and images, which change. */
export function nodeStatus(facts: NodeFacts): NodeStatus {
  const { name, machine, runtime, release, maxPods, port } = facts;
  const memoryKib = Math.floor((machine.memoryBytes / 1024) * (USABLE_MEMORY_PERMILLE / 1000));
  const diskKib = Math.floor(machine.diskBytes / 1024);
  const common = { cpu: String(machine.cpu), 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', pods: String(maxPods) };
  return {
    addresses: [
      { address: machine.ip, type: 'InternalIP' },
      { address: name, type: 'Hostname' },
    ],
    allocatable: {
      ...common,
      'ephemeral-storage': String(Math.floor((diskKib * 1024 * USABLE_DISK_PERCENT) / 100)),
      memory: canonicalQuantity(`${memoryKib - RESERVED_MEMORY_BYTES / 1024}Ki`),
    },
    capacity: { ...common, 'ephemeral-storage': canonicalQuantity(`${diskKib}Ki`), memory: canonicalQuantity(`${memoryKib}Ki`) },
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    nodeInfo: {
      architecture: 'amd64',
      bootID: machine.bootId,
      containerRuntimeVersion: `${runtime.name}://${runtime.version}`,
      kernelVersion: '6.12.57+deb13-amd64',
      kubeProxyVersion: '',
      kubeletVersion: release,
      machineID: machine.machineId,
      operatingSystem: 'linux',
      osImage: 'Debian GNU/Linux 13 (trixie)',
      systemUUID: machine.systemUuid,
    },
  };
}

/** The largest images first. */
export function nodeImages(runtime: Runtime): NonNullable<NodeStatus['images']> {
  const images = new Map<string, { names: string[]; sizeBytes: number }>();
  for (const { resolved, tags } of runtime.images()) {
    const entry = images.get(resolved.id);
    if (entry) entry.names.push(...tags);
    else images.set(resolved.id, { names: [resolved.repoDigest, ...tags], sizeBytes: resolved.sizeBytes });
  }
  return [...images.values()].sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, MOST_IMAGES);
}

/** The conditions of a node in the order in which the kubelet writes them. `problem` is why it is not ready. */
export function nodeConditions(before: readonly NodeCondition[] | undefined, problem: string | undefined, now: string): NodeCondition[] {
  const verdicts = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    problem === undefined
      ? ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status']
      : ['Ready', 'False', 'KubeletNotReady', problem],
  ] as const;
  const own = verdicts.map(([type, status, reason, message]) => {
    const old = before?.find((condition) => condition.type === type);
    const lastTransitionTime = old && old.status === status && old.lastTransitionTime ? old.lastTransitionTime : now;
    return { lastHeartbeatTime: now, lastTransitionTime, message, reason, status, type };
  });
  const others = (before ?? []).filter(({ type }) => !verdicts.some(([ownType]) => ownType === type));
  return [...others, ...own];
}
