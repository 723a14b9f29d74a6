import { describe, expect, it } from 'vitest';
import { Rng } from '../sim/rng.ts';
import { choicesOf, type ProxyEndpoint } from './endpoints.ts';
import { ServiceTable } from './table.ts';
import type { EndpointSlice, Service } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { NetHost } from '../net/fabric.ts';

const here: NetHost = { name: 'minion-1', ip: '10.0.0.11', powered: true };
const pod: NetHost = { name: 'client', ip: '10.244.1.2', powered: true, machine: here };
const outside: NetHost = { name: 'laptop', ip: '203.0.113.7', powered: true };

function service(spec: Service['spec'], status?: Service['status']): Stored<Service> {
  const metadata = { namespace: 'default', name: 'web', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec, ...(status && { status }) } as unknown as Stored<Service>;
}

interface Place {
  readonly ip: string;
  readonly node?: string;
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
}

function slice(name: string, places: readonly Place[], port = 8080): Stored<EndpointSlice> {
  const labels = { 'kubernetes.io/service-name': 'web' };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace: 'default', name, labels, uid: name, resourceVersion: '1', creationTimestamp: '' },
    addressType: 'IPv4',
    ports: [{ name: '', port, protocol: 'TCP' }],
    endpoints: places.map(({ ip, node, ready = true, serving = ready, terminating = false }) => ({
      addresses: [ip],
      conditions: { ready, serving, terminating },
      ...(node !== undefined && { nodeName: node }),
    })),
  } as unknown as Stored<EndpointSlice>;
}

const VIP = '10.96.0.50';
const plain: Service['spec'] = { type: 'ClusterIP', clusterIP: VIP, ports: [{ port: 80 }] };
const three = slice('web-a', [
  { ip: '10.244.1.5', node: 'minion-1' },
  { ip: '10.244.2.5', node: 'minion-2' },
  { ip: '10.244.3.5', node: 'minion-3' },
]);

function table(spec: Service['spec'], slices: readonly Stored<EndpointSlice>[], status?: Service['status']) {
  const clock = { now: 0 };
  const made = new ServiceTable({ machine: here, rng: new Rng(1), now: () => clock.now });
  made.setService(service(spec, status));
  for (const each of slices) made.setSlice(each);
  return { table: made, clock };
}

function reached(made: ServiceTable, from: NetHost, ip: string, port: number, times = 60): string[] {
  const found = new Set<string>();
  for (let i = 0; i < times; i++) {
    const translation = made.translate(from, ip, port);
    found.add(translation?.verdict === 'accept' ? `${translation.ip}:${translation.port}` : (translation?.verdict ?? 'none'));
  }
  return [...found].sort();
}

const ALL = ['10.244.1.5:8080', '10.244.2.5:8080', '10.244.3.5:8080'];

describe('the proxy table', () => {
  it.each<[string, Service['spec'], Stored<EndpointSlice>[], NetHost, string, number, string[]]>([
    ['spreads connections over all ready endpoints', plain, [three], pod, VIP, 80, ALL],
    ['refuses where a service has no endpoints', plain, [], pod, VIP, 80, ['reject']],
    ['refuses where no endpoint is ready', plain, [slice('s', [{ ip: '10.244.1.5', ready: false }])], pod, VIP, 80, ['reject']],
    ['knows nothing of other ports', plain, [three], pod, VIP, 81, ['none']],
    ['knows nothing of other addresses', plain, [three], pod, '10.96.0.51', 80, ['none']],
    ['leaves headless services alone', { ...plain, clusterIP: 'None' }, [three], pod, 'None', 80, ['none']],
    [
      'serves a node port at the address of its machine',
      { ...plain, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
      [three],
      outside,
      here.ip,
      30080,
      ALL,
    ],
    [
      'serves no node port at other addresses',
      { ...plain, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
      [three],
      outside,
      '10.0.0.12',
      30080,
      ['none'],
    ],
    [
      'serves node ports of a machine at its loopback',
      { ...plain, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
      [three],
      here,
      '127.0.0.1',
      30080,
      ALL,
    ],
    [
      "keeps a pod's loopback to itself",
      { ...plain, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
      [three],
      pod,
      '127.0.0.1',
      30080,
      ['none'],
    ],
    ['serves external addresses', { ...plain, externalIPs: ['192.0.2.9'] }, [three], outside, '192.0.2.9', 80, ALL],
    [
      'stays on the machine under internalTrafficPolicy Local',
      { ...plain, internalTrafficPolicy: 'Local' },
      [three],
      pod,
      VIP,
      80,
      ['10.244.1.5:8080'],
    ],
    [
      'is silent under a Local policy without an endpoint here',
      { ...plain, internalTrafficPolicy: 'Local' },
      [slice('s', [{ ip: '10.244.2.5', node: 'minion-2' }])],
      pod,
      VIP,
      80,
      ['drop'],
    ],
    [
      'stays on the machine under externalTrafficPolicy Local for the outside',
      { ...plain, type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, nodePort: 30080 }] },
      [three],
      outside,
      here.ip,
      30080,
      ['10.244.1.5:8080'],
    ],
    [
      'lets pods reach all under externalTrafficPolicy Local',
      { ...plain, type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, nodePort: 30080 }] },
      [three],
      pod,
      here.ip,
      30080,
      ALL,
    ],
  ])('%s', (_name, spec, slices, from, ip, port, expected) => {
    expect(reached(table(spec, slices).table, from, ip, port)).toEqual(expected);
  });

  it('serves load balancer addresses but those of a proxy', () => {
    const { table: made } = table({ ...plain, type: 'LoadBalancer' }, [three], {
      loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { ip: '192.0.2.2', ipMode: 'Proxy' } as object] },
    });
    expect(reached(made, pod, '192.0.2.1', 80)).toEqual(ALL);
    expect(reached(made, pod, '192.0.2.2', 80)).toEqual(['none']);
  });

  it('follows slices and services as they change and go', () => {
    const { table: made } = table(plain, [three]);
    made.setSlice(slice('web-b', [{ ip: '10.244.4.5' }]));
    expect(reached(made, pod, VIP, 80)).toContain('10.244.4.5:8080');
    made.removeSlice(three);
    expect(reached(made, pod, VIP, 80)).toEqual(['10.244.4.5:8080']);
    made.setService(service({ ...plain, ports: [{ port: 81 }] }));
    expect(reached(made, pod, VIP, 80)).toEqual(['none']);
    expect(reached(made, pod, VIP, 81)).toEqual(['10.244.4.5:8080']);
    made.removeService('default/web');
    expect(reached(made, pod, VIP, 81)).toEqual(['none']);
  });

  it('forgets what a new kube-proxy does not find', () => {
    const { table: made } = table(plain, [three]);
    made.retain(new Map(), new Map());
    expect(reached(made, pod, VIP, 80)).toEqual(['none']);
  });

  it('sends a client with affinity to one endpoint until it stays away too long', () => {
    const { table: made, clock } = table(
      { ...plain, sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } } },
      [three],
    );
    expect(reached(made, pod, VIP, 80)).toHaveLength(1);
    const found = new Set<string>();
    for (let i = 0; i < 60; i++) {
      clock.now += 10_001;
      found.add(reached(made, pod, VIP, 80, 1)[0]!);
    }
    expect([...found].sort()).toEqual(ALL);
  });

  it('sends a client with affinity elsewhere when its endpoint is gone', () => {
    const { table: made } = table({ ...plain, sessionAffinity: 'ClientIP' }, [three]);
    const [first] = reached(made, pod, VIP, 80);
    made.setSlice(
      slice(
        'web-a',
        ALL.filter((each) => each !== first).map((each) => ({ ip: each.split(':')[0]! })),
      ),
    );
    expect(reached(made, pod, VIP, 80)).not.toContain(first);
  });

  it('hides the client behind the machine where the answer has to come back through it', () => {
    const local = { ...plain, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] };
    expect(table(local, [three]).table.translate(outside, here.ip, 30080)).toMatchObject({ masquerades: true });
    expect(table({ ...local, externalTrafficPolicy: 'Local' }, [three]).table.translate(outside, here.ip, 30080)).toMatchObject({
      masquerades: false,
    });
    expect(table(plain, [three]).table.translate(pod, VIP, 80)).toMatchObject({ masquerades: false });
    expect(table(plain, [slice('s', [{ ip: pod.ip }])]).table.translate(pod, VIP, 80)).toMatchObject({ masquerades: true });
  });
});

describe('choosing among endpoints', () => {
  const end = (ip: string, more: Partial<ProxyEndpoint>): ProxyEndpoint => ({
    ip,
    port: 1,
    isReady: false,
    isServing: false,
    isTerminating: false,
    isLocal: false,
    ...more,
  });
  const leaving = end('a', { isServing: true, isTerminating: true });

  it('falls back to those that still serve while they terminate', () => {
    expect(choicesOf([leaving, end('b', {})], false).endpoints).toEqual([leaving]);
  });

  it('leaves the terminating alone while one is ready', () => {
    const ready = end('b', { isReady: true });
    expect(choicesOf([leaving, ready], false).endpoints).toEqual([ready]);
  });
});
