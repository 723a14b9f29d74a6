import { describe, expect, it } from 'vitest';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, type PersistentVolume } from '../../api/kinds.ts';
import { claimProtectionController } from '../pvcprotection/controller.ts';
import { volumeProtectionController } from '../pvprotection/controller.ts';
import { STORAGE_CLASSES } from '../shared/kinds.ts';
import { controllerFixture, type ControllerFixture } from '../testing.ts';
import { volumeBinderController } from './controller.ts';

function begin(flags: Record<string, string> = {}): ControllerFixture {
  const fixture = controllerFixture({
    controllers: [volumeBinderController, claimProtectionController, volumeProtectionController],
    flags,
  });
  fixture.start();
  return fixture;
}

function volume(
  fixture: ControllerFixture,
  name: string,
  storage: string,
  spec: Partial<NonNullable<PersistentVolume['spec']>> = {},
): void {
  const given = {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'hand',
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: `/data/${name}` },
    ...spec,
  };
  fixture.create(PERSISTENT_VOLUMES, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: given });
}

function claim(fixture: ControllerFixture, name: string, storage: string, spec: object = {}): void {
  const given = { storageClassName: 'hand', accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec };
  fixture.create(PERSISTENT_VOLUME_CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: given,
  });
}

const claims = (fixture: ControllerFixture): string[] =>
  fixture.list(PERSISTENT_VOLUME_CLAIMS).map((each) => `${each.metadata.name} ${each.status?.phase} ${each.spec?.volumeName ?? '-'}`);
const volumes = (fixture: ControllerFixture): string[] =>
  fixture.list(PERSISTENT_VOLUMES).map((each) => `${each.metadata.name} ${each.status?.phase} ${each.spec?.claimRef?.name ?? '-'}`);

describe('claims and volumes', () => {
  it('find each other: the smallest volume that is large enough', () => {
    const fixture = begin();
    volume(fixture, 'large', '10Gi', { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] });
    volume(fixture, 'small', '1Gi');
    fixture.advance(500);
    expect(volumes(fixture)).toEqual(['large Available -', 'small Available -']);
    claim(fixture, 'half', '500Mi');
    claim(fixture, 'huge', '1Ti');
    claim(fixture, 'two', '2Gi');
    fixture.advance(1000);
    expect(claims(fixture)).toEqual(['half Bound small', 'huge Pending -', 'two Bound large']);
    expect(fixture.get(PERSISTENT_VOLUME_CLAIMS, 'two')!.status).toMatchObject({
      accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
      capacity: { storage: '10Gi' },
    });
    expect(fixture.get(PERSISTENT_VOLUMES, 'small')!.metadata.annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' });
  });

  it('meet later when the volume comes after the claim', () => {
    const fixture = begin();
    claim(fixture, 'c', '1Gi', { storageClassName: '', selector: { matchLabels: { vol: 'mysql' } } });
    fixture.advance(1000);
    expect(fixture.events('PersistentVolumeClaim')).toEqual([
      'FailedBinding no persistent volumes available for this claim and no storage class is set',
    ]);
    fixture.create(PERSISTENT_VOLUMES, {
      metadata: { name: 'v', labels: { vol: 'mysql' } },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: '/d' },
      },
    });
    fixture.advance(16_000);
    expect(claims(fixture)).toEqual(['c Bound v']);
  });

  it('part: a retained volume is released and free again when its reference goes', () => {
    const fixture = begin();
    volume(fixture, 'small', '1Gi');
    claim(fixture, 'half', '500Mi');
    fixture.advance(1000);
    fixture.run(fixture.client.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: 'default', name: 'half' }));
    fixture.advance(1000);
    expect(volumes(fixture)).toEqual(['small Released half']);
    fixture.patch(PERSISTENT_VOLUMES, 'small', { spec: { claimRef: null } });
    fixture.advance(1000);
    expect(volumes(fixture)).toEqual(['small Available -']);
  });

  it('are made to measure where a class says how, and go with their claim', () => {
    const fixture = begin({ 'enable-hostpath-provisioner': 'true' });
    fixture.create(STORAGE_CLASSES, { metadata: { name: 'hand' }, provisioner: 'kubernetes.io/host-path', reclaimPolicy: 'Delete' });
    claim(fixture, 'c', '1Gi');
    fixture.advance(1000);
    const { uid } = fixture.get(PERSISTENT_VOLUME_CLAIMS, 'c')!.metadata;
    expect(claims(fixture)).toEqual([`c Bound pvc-${uid}`]);
    fixture.run(fixture.client.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: 'default', name: 'c' }));
    fixture.advance(1000);
    expect(volumes(fixture)).toEqual([]);
  });

  it('stay while they are in use', () => {
    const fixture = begin();
    volume(fixture, 'small', '1Gi');
    claim(fixture, 'half', '500Mi');
    const volumesOfPod = [{ name: 'v', persistentVolumeClaim: { claimName: 'half' } }];
    fixture.create(PODS, {
      metadata: { name: 'p', namespace: 'default' },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'nginx' }], volumes: volumesOfPod },
    });
    fixture.advance(1000);
    fixture.run(fixture.client.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: 'default', name: 'half' }));
    fixture.run(fixture.client.delete(PERSISTENT_VOLUMES, { name: 'small' }));
    fixture.advance(1000);
    expect(claims(fixture)).toEqual(['half Bound small']);
    fixture.run(fixture.client.delete(PODS, { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 }));
    fixture.advance(1000);
    expect(claims(fixture)).toEqual([]);
    expect(volumes(fixture)).toEqual([]);
  });
});
