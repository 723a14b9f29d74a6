import { describe, expect, it } from 'vitest';
import { LEASES, NODES, PODS } from '../../api/kinds.ts';
import { rfc3339Micro } from '../../base/time.ts';
import { isApiError } from '../../api/status.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { nodeIpamController } from '../nodeipam/controller.ts';
import { taintEvictionController } from '../tainteviction/controller.ts';
import { controllerFixture, type ControllerFixture } from '../testing.ts';
import { nodeLifecycleController } from './controller.ts';
import type { Group } from '../../sim/group.ts';
import type { Toleration } from 'kubernetes-types/core/v1';

interface Cluster extends ControllerFixture {
  readonly kubelets: Map<string, Group>;
}

function begin(nodes: readonly string[], flags: Record<string, string> = {}): Cluster {
  const controllers = [nodeLifecycleController, taintEvictionController, nodeIpamController];
  const fixture = controllerFixture({ controllers, readyAfterMs: 100, flags: { 'cluster-cidr': '10.244.0.0/16', ...flags } });
  fixture.start();
  const kubelets = new Map<string, Group>();
  for (const name of nodes) {
    const group = fixture.kernel.root.child(name);
    kubelets.set(name, group);
    group.spawn('kubelet', kubelet(fixture, name));
  }
  fixture.advance(6000);
  return { ...fixture, kubelets };
}

function* kubelet({ client, kernel }: ControllerFixture, name: string): Task<void> {
  const ready = {
    type: 'Ready',
    status: 'True',
    lastHeartbeatTime: kernel.timestamp(),
    lastTransitionTime: kernel.timestamp(),
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
  };
  try {
    yield* client.create(NODES, { metadata: { name, labels: { 'kubernetes.io/hostname': name } } });
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
  }
  yield* client.patch(NODES, { name }, 'merge', { status: { conditions: [ready] } }, { subresource: 'status' });
  const at = { namespace: 'kube-node-lease', name };
  for (;;) {
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: rfc3339Micro(kernel.epochMs()) };
    try {
      yield* client.patch(LEASES, at, 'merge', { spec });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
      yield* client.create(LEASES, { metadata: at, spec });
    }
    yield* sleep(10_000);
  }
}

function pod(fixture: Cluster, name: string, nodeName: string, tolerations: Toleration[] = []): void {
  const containers = [{ name: 'c', image: 'nginx' }];
  fixture.create(PODS, { metadata: { name, namespace: 'default' }, spec: { nodeName, containers, tolerations } });
}

const ready = (fixture: Cluster, name: string) =>
  fixture.get(NODES, name)!.status!.conditions!.find((condition) => condition.type === 'Ready')!;
const taints = (fixture: Cluster, name: string): string[] =>
  (fixture.get(NODES, name)!.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort();

const UNREACHABLE = 'node.kubernetes.io/unreachable';

describe('node lifecycle', () => {
  it('takes a node for lost when its lease has not been renewed for 50 s', () => {
    const fixture = begin(['a', 'b', 'c']);
    expect(ready(fixture, 'a').status).toBe('True');
    fixture.kubelets.get('a')!.kill();
    fixture.advance(40_000);
    expect(ready(fixture, 'a').status).toBe('True');
    fixture.advance(22_000);
    expect(ready(fixture, 'a')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect(taints(fixture, 'a')).toEqual([`${UNREACHABLE}:NoExecute`, `${UNREACHABLE}:NoSchedule`]);
    expect(taints(fixture, 'b')).toEqual([]);
    expect(fixture.events('Node').filter((text) => text.startsWith('NodeNotReady'))).toEqual([
      'NodeNotReady Node a status is now: NodeNotReady',
    ]);
  });

  it('takes the taints away when the node comes back', () => {
    const fixture = begin(['a', 'b', 'c']);
    fixture.kubelets.get('a')!.kill();
    fixture.advance(65_000);
    fixture.kubelets.get('a')!.spawn('kubelet', kubelet(fixture, 'a'));
    fixture.advance(12_000);
    expect(taints(fixture, 'a')).toEqual([]);
  });

  it('marks the pods of a lost node as not ready and evicts them when their toleration ends', () => {
    const fixture = begin(['a', 'b', 'c']);
    pod(fixture, 'short', 'a', [{ key: UNREACHABLE, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }]);
    pod(fixture, 'for-ever', 'a', [{ operator: 'Exists' }]);
    fixture.advance(1000);
    fixture.kubelets.get('a')!.kill();
    fixture.advance(62_000);
    const condition = fixture.get(PODS, 'short')!.status!.conditions!.find((each) => each.type === 'Ready')!;
    expect(condition.status).toBe('False');
    expect(fixture.events('Pod')).toContain('NodeNotReady Node is not ready');
    fixture.advance(45_000);
    expect(fixture.get(PODS, 'short')).toBeUndefined();
    expect(fixture.get(PODS, 'for-ever')).toBeDefined();
    expect(fixture.events('Pod')).toContain('TaintManagerEviction Marking for deletion Pod default/short');
  });

  it('does not evict when all nodes are silent', () => {
    const fixture = begin(['a', 'b']);
    for (const group of fixture.kubelets.values()) group.kill();
    fixture.advance(120_000);
    expect(ready(fixture, 'a').status).toBe('Unknown');
    expect(taints(fixture, 'a')).toEqual([`${UNREACHABLE}:NoSchedule`]);
  });

  it('taints silent nodes one in ten seconds', () => {
    const fixture = begin(['a', 'b', 'c', 'd', 'e']);
    for (const name of ['a', 'b']) fixture.kubelets.get(name)!.kill();
    fixture.advance(50_000);
    const tainted = (): number => ['a', 'b'].filter((name) => taints(fixture, name).includes(`${UNREACHABLE}:NoExecute`)).length;
    while (tainted() === 0) fixture.advance(500);
    fixture.advance(8000);
    expect(tainted()).toBe(1);
    fixture.advance(6000);
    expect(tainted()).toBe(2);
  });

  it('keeps pods off a cordoned node by a taint', () => {
    const fixture = begin(['a']);
    fixture.patch(NODES, 'a', { spec: { unschedulable: true } });
    fixture.advance(1000);
    expect(taints(fixture, 'a')).toEqual(['node.kubernetes.io/unschedulable:NoSchedule']);
    fixture.patch(NODES, 'a', { spec: { unschedulable: null } });
    fixture.advance(1000);
    expect(taints(fixture, 'a')).toEqual([]);
  });

  it('gives each node its own part of the pod network', () => {
    const fixture = begin(['a', 'b', 'c']);
    expect(fixture.list(NODES).map((node) => node.spec!.podCIDR)).toEqual(['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']);
    fixture.kubelets.get('b')!.kill();
    fixture.run(fixture.client.delete(NODES, { name: 'b' }));
    fixture.create(NODES, { metadata: { name: 'd' } });
    fixture.advance(1000);
    expect(fixture.get(NODES, 'd')!.spec!.podCIDR).toBe('10.244.3.0/24');
  });
});
