import type { Node, Pod } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { Cluster } from './framework.ts';
import { NodeInfo } from './node-info.ts';
import { PodInfo } from './pod-info.ts';

/** How many selectors are counted at the same time. */
const MOST_COUNTERS = 256;

interface Counter {
  readonly namespace: string;
  readonly matches: (pod: Stored<Pod>) => boolean;
  readonly byNode: Map<string, number>;
}

/** The scheduler's picture of nodes and the pods on them, assumed ones included. */
export class SchedulerCache implements Cluster {
  private readonly byName = new Map<string, NodeInfo>();
  private list: NodeInfo[] = [];
  /** Where each placed pod is. */
  private readonly placed = new Map<string, PodInfo>();
  /** Pods on nodes that are not known (yet). */
  private readonly homeless = new Map<string, Map<string, PodInfo>>();
  private readonly counters = new Map<string, Counter>();
  private readonly countersByNamespace = new Map<string, Set<Counter>>();

  get nodes(): readonly NodeInfo[] {
    return this.list;
  }

  setNode(node: Stored<Node>): void {
    const known = this.byName.get(node.metadata.name);
    if (known) {
      known.setNode(node);
      return;
    }
    const info = new NodeInfo(node);
    this.byName.set(info.name, info);
    this.list = [...this.list, info];
    for (const pod of this.homeless.get(info.name)?.values() ?? []) this.settle(info, pod);
    this.homeless.delete(info.name);
  }

  removeNode(name: string): void {
    const info = this.byName.get(name);
    if (!info) return;
    this.byName.delete(name);
    this.list = this.list.filter((node) => node !== info);
    for (const pod of [...info.pods.values()]) {
      this.unsettle(info, pod.uid);
      this.shelter(name, pod);
    }
  }

  /** Puts a pod on a node, be it bound or only assumed; replaces what was known of it. */
  place(pod: PodInfo, node: string): void {
    this.remove(pod.uid);
    pod.node = node;
    this.placed.set(pod.uid, pod);
    const info = this.byName.get(node);
    if (info) this.settle(info, pod);
    else this.shelter(node, pod);
  }

  /** Takes a placed pod's newer version, without recounting when nothing that counts has changed. */
  refresh(pod: Stored<Pod>): void {
    const known = this.placed.get(pod.metadata.uid);
    const before = known?.pod;
    const same = before && before.spec === pod.spec && before.metadata.labels === pod.metadata.labels;
    if (same && Boolean(before.metadata.deletionTimestamp) === Boolean(pod.metadata.deletionTimestamp)) {
      known!.pod = pod;
      return;
    }
    this.place(new PodInfo(pod), pod.spec!.nodeName!);
  }

  remove(uid: string): void {
    const known = this.placed.get(uid);
    if (!known) return;
    this.placed.delete(uid);
    const info = this.byName.get(known.node);
    if (info) this.unsettle(info, uid);
    else this.homeless.get(known.node)?.delete(uid);
  }

  has(uid: string): boolean {
    return this.placed.has(uid);
  }

  countPods(namespace: string, selectorKey: string, matches: (pod: Stored<Pod>) => boolean): ReadonlyMap<string, number> {
    const key = `${namespace}|${selectorKey}`;
    let counter = this.counters.get(key);
    if (counter) this.counters.delete(key);
    else counter = this.startCounting(namespace, matches);
    this.counters.set(key, counter);
    if (this.counters.size > MOST_COUNTERS) this.stopOldestCounter();
    return counter.byNode;
  }

  private startCounting(namespace: string, matches: (pod: Stored<Pod>) => boolean): Counter {
    const counter: Counter = { namespace, matches, byNode: new Map() };
    for (const node of this.list) for (const pod of node.pods.values()) this.count(counter, pod, node.name, 1);
    let same = this.countersByNamespace.get(namespace);
    if (!same) this.countersByNamespace.set(namespace, (same = new Set()));
    same.add(counter);
    return counter;
  }

  private stopOldestCounter(): void {
    for (const [key, counter] of this.counters) {
      this.counters.delete(key);
      this.countersByNamespace.get(counter.namespace)?.delete(counter);
      return;
    }
  }

  private count(counter: Counter, { pod }: PodInfo, node: string, by: 1 | -1): void {
    if (pod.metadata.namespace !== counter.namespace || pod.metadata.deletionTimestamp || !counter.matches(pod)) return;
    counter.byNode.set(node, (counter.byNode.get(node) ?? 0) + by);
  }

  private settle(info: NodeInfo, pod: PodInfo): void {
    info.addPod(pod);
    for (const counter of this.countersByNamespace.get(pod.pod.metadata.namespace!) ?? []) this.count(counter, pod, info.name, 1);
  }

  private unsettle(info: NodeInfo, uid: string): void {
    const pod = info.removePod(uid);
    if (!pod) return;
    for (const counter of this.countersByNamespace.get(pod.pod.metadata.namespace!) ?? []) this.count(counter, pod, info.name, -1);
  }

  private shelter(node: string, pod: PodInfo): void {
    let pods = this.homeless.get(node);
    if (!pods) this.homeless.set(node, (pods = new Map()));
    pods.set(pod.uid, pod);
  }
}
