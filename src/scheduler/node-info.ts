import type { Node } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { PodInfo } from './pod-info.ts';
import { addResources, noResources, readResources, type Resources } from './resources.ts';

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

const NO_LABELS: Readonly<Record<string, string>> = {};
const NO_TAINTS: readonly Taint[] = [];

/** A node with the pods on it (bound or assumed) and what they take. */
export class NodeInfo {
  readonly name: string;
  node!: Stored<Node>;
  allocatable!: Resources;
  labels: Readonly<Record<string, string>> = NO_LABELS;
  taints: readonly Taint[] = NO_TAINTS;
  /** Image name to size in bytes. */
  images: ReadonlyMap<string, number> = new Map();
  readonly requested: Resources = noResources();
  scoredCpuMillis = 0;
  scoredMemoryBytes = 0;
  readonly pods = new Map<string, PodInfo>();
  /** Those of `pods` that have affinity or anti-affinity to other pods. */
  readonly podsWithAffinity = new Map<string, PodInfo>();

  constructor(node: Stored<Node>) {
    this.name = node.metadata.name;
    this.setNode(node);
  }

  setNode(node: Stored<Node>): void {
    const before = this.node as Stored<Node> | undefined;
    this.node = node;
    this.labels = node.metadata.labels ?? NO_LABELS;
    this.taints = node.spec?.taints ?? NO_TAINTS;
    if (before?.status?.allocatable !== node.status?.allocatable || !before) this.allocatable = readResources(node.status?.allocatable);
    if (before?.status?.images !== node.status?.images) this.images = imageSizes(node);
  }

  addPod(pod: PodInfo): void {
    this.pods.set(pod.uid, pod);
    if (pod.spec.affinity?.podAffinity || pod.spec.affinity?.podAntiAffinity) this.podsWithAffinity.set(pod.uid, pod);
    this.account(pod, 1);
  }

  removePod(uid: string): PodInfo | undefined {
    const pod = this.pods.get(uid);
    if (!pod) return undefined;
    this.pods.delete(uid);
    this.podsWithAffinity.delete(uid);
    this.account(pod, -1);
    return pod;
  }

  private account(pod: PodInfo, sign: 1 | -1): void {
    addResources(this.requested, pod.requests, sign);
    this.requested.pods += sign;
    this.scoredCpuMillis += sign * pod.scoredCpuMillis;
    this.scoredMemoryBytes += sign * pod.scoredMemoryBytes;
  }
}

function imageSizes(node: Stored<Node>): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const image of node.status?.images ?? []) for (const name of image.names ?? []) sizes.set(name, image.sizeBytes ?? 0);
  return sizes;
}
