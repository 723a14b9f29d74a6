import { describe, expect, it } from 'vitest';
import { ENDPOINTS, ENDPOINT_SLICES, PODS, SERVICES, type Service } from '../../api/kinds.ts';
import { endpointsController } from '../endpoints/controller.ts';
import { endpointSliceMirroringController } from '../endpointslicemirroring/controller.ts';
import { controllerFixture, type ControllerFixture } from '../testing.ts';
import { endpointSliceController } from './controller.ts';

function begin(mayRun: (name: string) => boolean = () => true): ControllerFixture {
  const controllers = [endpointSliceController, endpointsController, endpointSliceMirroringController];
  const fixture = controllerFixture({ controllers, readyAfterMs: 100, mayRun: (pod) => mayRun(pod.metadata.name) });
  fixture.start();
  return fixture;
}

function service(fixture: ControllerFixture, spec: Partial<NonNullable<Service['spec']>> = {}) {
  const ports = [{ name: 'http', port: 80, targetPort: 8080 as never, protocol: 'TCP' }];
  return fixture.create(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'default' },
    spec: { selector: { app: 'x' }, ports, ...spec },
  });
}

function pod(fixture: ControllerFixture, name: string, labels: Record<string, string> = { app: 'x' }): void {
  const containers = [{ name: 'c', image: 'nginx', ports: [{ name: 'web', containerPort: 8443, protocol: 'TCP' }] }];
  fixture.create(PODS, { metadata: { name, namespace: 'default', labels }, spec: { containers } });
}

const slices = (fixture: ControllerFixture) =>
  fixture.list(ENDPOINT_SLICES).filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === 's');

const targets = (fixture: ControllerFixture): string[] =>
  slices(fixture)
    .flatMap((slice) => slice.endpoints.map((endpoint) => endpoint.targetRef!.name!))
    .sort();

describe('endpoint slices', () => {
  it('hold the pods that a service selects, and follow them', () => {
    const fixture = begin();
    const made = service(fixture);
    fixture.advance(1000);
    expect(slices(fixture).map((slice) => [slice.endpoints, slice.ports])).toEqual([[[], []]]);
    pod(fixture, 'a');
    pod(fixture, 'b');
    pod(fixture, 'other', { app: 'y' });
    fixture.advance(2000);
    const [slice] = slices(fixture);
    expect(targets(fixture)).toEqual(['a', 'b']);
    expect(slice!.ports).toEqual([{ name: 'http', protocol: 'TCP', port: 8080 }]);
    expect(slice!.metadata.labels).toEqual({
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      'kubernetes.io/service-name': 's',
    });
    expect(slice!.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Service', name: 's', uid: made.metadata.uid, controller: true, blockOwnerDeletion: true },
    ]);
    expect(slice!.endpoints[0]).toMatchObject({ conditions: { ready: true, serving: true, terminating: false }, nodeName: 'minion-1' });
    fixture.patch(PODS, 'a', { metadata: { labels: { app: 'y' } } });
    fixture.run(fixture.client.delete(PODS, { namespace: 'default', name: 'b' }));
    fixture.advance(50);
    expect(slices(fixture)[0]!.endpoints.map((endpoint) => endpoint.conditions)).toEqual([
      { ready: false, serving: true, terminating: true },
    ]);
    fixture.advance(2000);
    expect(targets(fixture)).toEqual([]);
  });

  it('hold a hundred endpoints each, and a change of one writes one of them', () => {
    const fixture = begin();
    service(fixture);
    for (let i = 0; i < 250; i++) pod(fixture, `p${i}`);
    fixture.advance(5000);
    expect(targets(fixture)).toHaveLength(250);
    const before = new Map(slices(fixture).map((slice) => [slice.metadata.name, slice.metadata.resourceVersion]));
    expect(slices(fixture).every((slice) => slice.endpoints.length <= 100)).toBe(true);
    fixture.run(fixture.client.delete(PODS, { namespace: 'default', name: 'p7' }, { gracePeriodSeconds: 0 }));
    fixture.advance(2000);
    const changed = slices(fixture).filter((slice) => before.get(slice.metadata.name) !== slice.metadata.resourceVersion);
    expect(changed).toHaveLength(1);
  });

  it('list pods that are not ready as such, unless the service publishes them anyway', () => {
    const fixture = begin();
    service(fixture);
    pod(fixture, 'a');
    fixture.advance(1000);
    const at = { namespace: 'default', name: 'a' };
    const status = { conditions: [{ type: 'Ready', status: 'False' }] };
    fixture.run(fixture.client.patch(PODS, at, 'merge', { status }, { subresource: 'status' }));
    fixture.advance(1000);
    expect(slices(fixture)[0]!.endpoints[0]!.conditions).toEqual({ ready: false, serving: false, terminating: false });
    expect(fixture.get(ENDPOINTS, 's')!.subsets).toMatchObject([{ notReadyAddresses: [{ targetRef: { name: 'a' } }] }]);
    fixture.patch(SERVICES, 's', { spec: { publishNotReadyAddresses: true } });
    fixture.advance(1000);
    expect(slices(fixture)[0]!.endpoints[0]!.conditions!.ready).toBe(true);
  });

  it('find ports by name in each pod', () => {
    const fixture = begin();
    service(fixture, { ports: [{ name: 'https', port: 443, targetPort: 'web' as never, protocol: 'TCP' }] });
    pod(fixture, 'a');
    fixture.advance(1000);
    expect(slices(fixture)[0]!.ports).toEqual([{ name: 'https', protocol: 'TCP', port: 8443 }]);
  });

  it('mirror Endpoints that are written by hand, until a selector takes over', () => {
    const fixture = begin();
    service(fixture, { selector: undefined });
    const subsets = [{ addresses: [{ ip: '11.11.11.11' }, { ip: '22.22.22.22' }], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }];
    fixture.create(ENDPOINTS, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 's', namespace: 'default' }, subsets });
    fixture.advance(2000);
    const [slice] = slices(fixture);
    expect(slice!.metadata.labels).toMatchObject({
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
      'kubernetes.io/service-name': 's',
    });
    expect(slice!.endpoints.map((endpoint) => endpoint.addresses)).toEqual([['11.11.11.11'], ['22.22.22.22']]);
    fixture.run(fixture.client.delete(ENDPOINTS, { namespace: 'default', name: 's' }));
    fixture.advance(2000);
    expect(slices(fixture)).toEqual([]);
  });
});

describe('endpoints', () => {
  it('hold ready addresses and go with their service', () => {
    const fixture = begin();
    service(fixture, {
      ports: [
        { name: 'http', port: 80, targetPort: 8080 as never },
        { name: 'https', port: 443, targetPort: 'web' as never },
      ],
    });
    pod(fixture, 'a');
    pod(fixture, 'b');
    fixture.advance(2000);
    const [subset] = fixture.get(ENDPOINTS, 's')!.subsets!;
    expect(subset!.addresses!.map((address) => address.targetRef!.name)).toEqual(['a', 'b']);
    expect(subset!.ports!.map((port) => port.port)).toEqual([8443, 8080]);
    fixture.run(fixture.client.delete(SERVICES, { namespace: 'default', name: 's' }));
    fixture.advance(1000);
    expect(fixture.get(ENDPOINTS, 's')).toBeUndefined();
  });
});
