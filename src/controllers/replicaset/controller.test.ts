import { describe, expect, it } from 'vitest';
import { PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, type ReplicaSet, type ReplicationController } from '../../api/kinds.ts';
import { controllerOf } from '../../api/object.ts';
import { controllerFixture } from '../testing.ts';
import { replicationController } from '../replicationcontroller/controller.ts';
import { replicaSetController } from './controller.ts';

const template = { metadata: { labels: { app: 'x', b: 'c' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };

function replicaSet(replicas: number, minReadySeconds = 0): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'r', namespace: 'default' },
    spec: { replicas, minReadySeconds, selector: { matchLabels: { app: 'x' } }, template },
  };
}

function rc(replicas: number): ReplicationController {
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'rc', namespace: 'default' },
    spec: { replicas, selector: { app: 'x' }, template },
  };
}

describe('the replica set controller', () => {
  it('makes pods that it controls and says how many there are', () => {
    const fixture = controllerFixture({ controllers: [replicaSetController] });
    fixture.start();
    const set = fixture.create(REPLICA_SETS, replicaSet(3));
    fixture.advance(1000);
    const pods = fixture.list(PODS);
    expect(pods.map((pod) => pod.metadata.generateName)).toEqual(['r-', 'r-', 'r-']);
    expect(controllerOf(pods[0]!)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'r',
      uid: set.metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    });
    expect(fixture.get(REPLICA_SETS, 'r')!.status).toEqual({ replicas: 3, fullyLabeledReplicas: 3, observedGeneration: 1 });
    expect(fixture.events('ReplicaSet').sort()).toEqual(pods.map((pod) => `SuccessfulCreate Created pod: ${pod.metadata.name}`).sort());
  });

  it('replaces a pod that was deleted or lost its label, and adopts one that fits', () => {
    const fixture = controllerFixture({ controllers: [replicaSetController], readyAfterMs: 500 });
    fixture.start();
    fixture.create(REPLICA_SETS, replicaSet(2));
    fixture.advance(2000);
    const [first, second] = fixture.list(PODS);
    fixture.run(fixture.client.delete(PODS, { namespace: 'default', name: first!.metadata.name }));
    fixture.patch(PODS, second!.metadata.name, { metadata: { labels: { app: 'other' } } });
    fixture.advance(2000);
    expect(fixture.list(PODS)).toHaveLength(3);
    expect(fixture.get(PODS, second!.metadata.name)!.metadata.ownerReferences).toBeUndefined();
    fixture.patch(PODS, second!.metadata.name, { metadata: { labels: { app: 'x' } } });
    fixture.advance(2000);
    expect(fixture.list(PODS)).toHaveLength(2);
    expect(fixture.list(PODS).every((pod) => controllerOf(pod)?.name === 'r')).toBe(true);
  });

  it('counts a pod as available only when it has been ready for minReadySeconds', () => {
    const fixture = controllerFixture({ controllers: [replicaSetController], readyAfterMs: 500 });
    fixture.start();
    fixture.create(REPLICA_SETS, replicaSet(2, 10));
    fixture.advance(5000);
    expect(fixture.get(REPLICA_SETS, 'r')!.status).toMatchObject({ readyReplicas: 2 });
    expect(fixture.get(REPLICA_SETS, 'r')!.status!.availableReplicas).toBeUndefined();
    fixture.advance(8000);
    expect(fixture.get(REPLICA_SETS, 'r')!.status).toMatchObject({ readyReplicas: 2, availableReplicas: 2 });
  });

  it('scales down to nothing and says so', () => {
    const fixture = controllerFixture({ controllers: [replicaSetController], readyAfterMs: 100 });
    fixture.start();
    fixture.create(REPLICA_SETS, replicaSet(4));
    fixture.advance(2000);
    fixture.patch(REPLICA_SETS, 'r', { spec: { replicas: 0 } });
    fixture.advance(2000);
    expect(fixture.list(PODS)).toEqual([]);
    expect(fixture.get(REPLICA_SETS, 'r')!.status).toEqual({ replicas: 0, observedGeneration: 2 });
    expect(fixture.events('ReplicaSet').filter((text) => text.startsWith('SuccessfulDelete Deleted pod: r-'))).toHaveLength(4);
  });

  it('makes exactly as many pods as asked for even when it is restarted in the midst of it', () => {
    const fixture = controllerFixture({ controllers: [replicaSetController], readyAfterMs: 300 });
    fixture.start();
    fixture.create(REPLICA_SETS, replicaSet(40));
    fixture.advance(3);
    fixture.group.kill();
    const made = fixture.list(PODS).length;
    expect(made).toBeLessThan(40);
    fixture.advance(1000);
    fixture.start();
    fixture.advance(3000);
    expect(fixture.list(PODS)).toHaveLength(40);
    expect(fixture.get(REPLICA_SETS, 'r')!.status).toMatchObject({ replicas: 40, readyReplicas: 40, availableReplicas: 40 });
  });
});

describe('the replication controller', () => {
  it('keeps pods selected by a plain map of labels', () => {
    const fixture = controllerFixture({ controllers: [replicationController], readyAfterMs: 100 });
    fixture.start();
    fixture.create(REPLICATION_CONTROLLERS, rc(3));
    fixture.advance(2000);
    expect(fixture.get(REPLICATION_CONTROLLERS, 'rc')!.status).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    });
    expect(controllerOf(fixture.list(PODS)[0]!)).toMatchObject({ apiVersion: 'v1', kind: 'ReplicationController', name: 'rc' });
    expect(fixture.events('ReplicationController')).toHaveLength(3);
  });
});
