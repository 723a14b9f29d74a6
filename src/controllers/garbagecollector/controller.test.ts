import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, DEPLOYMENTS, PODS, REPLICA_SETS } from '../../api/kinds.ts';
import { deploymentController } from '../deployment/controller.ts';
import { replicaSetController } from '../replicaset/controller.ts';
import { controllerFixture, type ControllerFixture } from '../testing.ts';
import { garbageCollector } from './controller.ts';
import type { DeleteOptions } from '../../client/client.ts';
import type { OwnerReference } from '../../api/object.ts';

function begin(): ControllerFixture {
  const fixture = controllerFixture({ controllers: [garbageCollector, deploymentController, replicaSetController], readyAfterMs: 200 });
  fixture.start();
  return fixture;
}

function map(fixture: ControllerFixture, name: string, owners: Partial<OwnerReference>[] = [], finalizers: string[] = []) {
  const ownerReferences = owners.map((owner) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'none', uid: 'x', ...owner }));
  return fixture.create(CONFIG_MAPS, { metadata: { name, namespace: 'default', ownerReferences, finalizers } });
}

function remove(fixture: ControllerFixture, name: string, options?: DeleteOptions): void {
  fixture.run(fixture.client.delete(CONFIG_MAPS, { namespace: 'default', name }, options));
}

const names = (fixture: ControllerFixture): string[] => fixture.list(CONFIG_MAPS).map((each) => each.metadata.name);

describe('the garbage collector', () => {
  it('collects an object whose owner never existed', () => {
    const fixture = begin();
    map(fixture, 'lost', [{ uid: 'not-a-uid-at-all' }]);
    fixture.advance(1000);
    expect(names(fixture)).toEqual([]);
  });

  it('collects dependents of dependents when an owner is deleted', () => {
    const fixture = begin();
    const owner = map(fixture, 'owner');
    const child = map(fixture, 'child', [{ name: 'owner', uid: owner.metadata.uid }]);
    map(fixture, 'grandchild', [{ name: 'child', uid: child.metadata.uid }]);
    fixture.advance(1000);
    expect(names(fixture)).toHaveLength(3);
    remove(fixture, 'owner');
    fixture.advance(1000);
    expect(names(fixture)).toEqual([]);
  });

  it('keeps what still has an owner and takes the lost reference away', () => {
    const fixture = begin();
    const [first, second] = [map(fixture, 'first'), map(fixture, 'second')];
    map(fixture, 'child', [
      { name: 'first', uid: first.metadata.uid },
      { name: 'second', uid: second.metadata.uid },
    ]);
    remove(fixture, 'first');
    fixture.advance(1000);
    expect(fixture.get(CONFIG_MAPS, 'child')!.metadata.ownerReferences!.map((owner) => owner.name)).toEqual(['second']);
  });

  it('leaves orphans behind when asked to', () => {
    const fixture = begin();
    const owner = map(fixture, 'owner');
    map(fixture, 'child', [{ name: 'owner', uid: owner.metadata.uid }]);
    fixture.advance(100);
    remove(fixture, 'owner', { propagationPolicy: 'Orphan' });
    fixture.advance(1000);
    expect(names(fixture)).toEqual(['child']);
    expect(fixture.get(CONFIG_MAPS, 'child')!.metadata.ownerReferences).toBeUndefined();
  });

  it('deletes the owner last in the foreground, and waits for whatever blocks', () => {
    const fixture = begin();
    const owner = map(fixture, 'owner');
    map(fixture, 'free', [{ name: 'owner', uid: owner.metadata.uid }]);
    map(fixture, 'held', [{ name: 'owner', uid: owner.metadata.uid, blockOwnerDeletion: true }], ['hold.example/x']);
    fixture.advance(100);
    remove(fixture, 'owner', { propagationPolicy: 'Foreground' });
    fixture.advance(1000);
    expect(names(fixture)).toEqual(['held', 'owner']);
    fixture.patch(CONFIG_MAPS, 'held', { metadata: { finalizers: null } });
    fixture.advance(1000);
    expect(names(fixture)).toEqual([]);
  });

  it('takes the orphaning and foreground finalizers off objects without dependents, and no others', () => {
    const fixture = begin();
    map(fixture, 'f', [], ['hold.example/x']);
    map(fixture, 'o', [], ['hold.example/x']);
    remove(fixture, 'f', { propagationPolicy: 'Foreground' });
    remove(fixture, 'o', { propagationPolicy: 'Orphan' });
    fixture.advance(1000);
    expect(fixture.list(CONFIG_MAPS).map((each) => each.metadata.finalizers)).toEqual([['hold.example/x'], ['hold.example/x']]);
  });

  it('collects a deployment with its replica sets and pods', () => {
    const fixture = begin();
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    const spec = { replicas: 5, selector: { matchLabels: { app: 'x' } }, template };
    fixture.create(DEPLOYMENTS, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'default' }, spec });
    fixture.advance(2000);
    expect(fixture.list(PODS)).toHaveLength(5);
    fixture.run(fixture.client.delete(DEPLOYMENTS, { namespace: 'default', name: 'd' }));
    fixture.advance(3000);
    expect(fixture.list(REPLICA_SETS)).toEqual([]);
    expect(fixture.list(PODS)).toEqual([]);
  });
});
