import { describe, expect, it } from 'vitest';
import { PERSISTENT_VOLUME_CLAIMS, PODS, STATEFUL_SETS, type StatefulSet } from '../../api/kinds.ts';
import { controllerFixture, type ControllerFixture, type FixtureOptions } from '../testing.ts';
import { statefulSetController } from './controller.ts';

function begin(spec: Partial<NonNullable<StatefulSet['spec']>> = {}, options: Partial<FixtureOptions> = {}): ControllerFixture {
  const fixture = controllerFixture({ controllers: [statefulSetController], readyAfterMs: 500, ...options });
  fixture.start();
  const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } };
  const given = { replicas: 3, serviceName: 'svc', selector: { matchLabels: { app: 'x' } }, template, ...spec };
  fixture.create(STATEFUL_SETS, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's', namespace: 'default' }, spec: given });
  return fixture;
}

const images = (fixture: ControllerFixture): string[] =>
  fixture.list(PODS).map((pod) => `${pod.metadata.name} ${pod.spec!.containers[0]!.image}`);
const names = (fixture: ControllerFixture): string[] => fixture.list(PODS).map((pod) => pod.metadata.name);

function setImage(fixture: ControllerFixture, image: string): void {
  fixture.patch(STATEFUL_SETS, 's', { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } });
}

describe('stateful sets', () => {
  it('make their pods one after the other, each when the one before is ready', () => {
    const fixture = begin();
    fixture.advance(400);
    expect(names(fixture)).toEqual(['s-0']);
    const [pod] = fixture.list(PODS);
    expect(pod!.spec).toMatchObject({ hostname: 's-0', subdomain: 'svc' });
    expect(pod!.metadata.labels).toMatchObject({ 'apps.kubernetes.io/pod-index': '0', 'statefulset.kubernetes.io/pod-name': 's-0' });
    fixture.advance(500);
    expect(names(fixture)).toEqual(['s-0', 's-1']);
    fixture.advance(3000);
    expect(names(fixture)).toEqual(['s-0', 's-1', 's-2']);
    expect(fixture.events('StatefulSet')[0]).toBe('SuccessfulCreate Create Pod s-0 in StatefulSet s successful');
    const { status } = fixture.get(STATEFUL_SETS, 's')!;
    expect(status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      collisionCount: 0,
    });
    expect(status!.currentRevision).toBe(status!.updateRevision);
  });

  it('make all at once when management is parallel', () => {
    const fixture = begin({ podManagementPolicy: 'Parallel' });
    fixture.advance(300);
    expect(names(fixture)).toEqual(['s-0', 's-1', 's-2']);
  });

  it('shrink from the end and keep the claims', () => {
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
    const fixture = begin({ volumeClaimTemplates: [claim] });
    fixture.advance(4000);
    expect(fixture.list(PODS)[1]!.spec!.volumes![0]).toMatchObject({ name: 'data', persistentVolumeClaim: { claimName: 'data-s-1' } });
    fixture.patch(STATEFUL_SETS, 's', { spec: { replicas: 1 } });
    fixture.advance(200);
    expect(
      fixture
        .list(PODS)
        .filter((pod) => pod.metadata.deletionTimestamp)
        .map((pod) => pod.metadata.name),
    ).toEqual(['s-2']);
    fixture.advance(4000);
    expect(names(fixture)).toEqual(['s-0']);
    expect(fixture.list(PERSISTENT_VOLUME_CLAIMS).map((each) => each.metadata.name)).toEqual(['data-s-0', 'data-s-1', 'data-s-2']);
  });

  it('bring a deleted pod back under its name', () => {
    const fixture = begin();
    fixture.advance(4000);
    const before = fixture.get(PODS, 's-1')!.metadata.uid;
    fixture.run(fixture.client.delete(PODS, { namespace: 'default', name: 's-1' }));
    fixture.advance(3000);
    expect(names(fixture)).toEqual(['s-0', 's-1', 's-2']);
    expect(fixture.get(PODS, 's-1')!.metadata.uid).not.toBe(before);
  });

  it('are updated from the end down to the partition', () => {
    const fixture = begin({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } });
    fixture.advance(4000);
    setImage(fixture, 'nginx:2');
    fixture.advance(200);
    expect(
      fixture
        .list(PODS)
        .filter((pod) => pod.metadata.deletionTimestamp)
        .map((pod) => pod.metadata.name),
    ).toEqual(['s-2']);
    fixture.advance(8000);
    expect(images(fixture)).toEqual(['s-0 nginx:1', 's-1 nginx:2', 's-2 nginx:2']);
    fixture.run(fixture.client.delete(PODS, { namespace: 'default', name: 's-0' }));
    fixture.advance(3000);
    expect(images(fixture)[0]).toBe('s-0 nginx:1');
    fixture.patch(STATEFUL_SETS, 's', { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } });
    fixture.advance(6000);
    expect(images(fixture)).toEqual(['s-0 nginx:2', 's-1 nginx:2', 's-2 nginx:2']);
    const { status } = fixture.get(STATEFUL_SETS, 's')!;
    expect(status!.currentRevision).toBe(status!.updateRevision);
  });
});
