import { describe, expect, it } from 'vitest';
import { DEPLOYMENTS, PODS, REPLICA_SETS, type Deployment, type ReplicaSet } from '../../api/kinds.ts';
import { replicaSetController } from '../replicaset/controller.ts';
import { controllerFixture, type ControllerFixture, type FixtureOptions } from '../testing.ts';
import { deploymentController } from './controller.ts';
import type { Stored } from '../../api/object.ts';

const CONTROLLERS = [deploymentController, replicaSetController];

function deployment(spec: Partial<NonNullable<Deployment['spec']>> = {}, image = 'nginx:1.26'): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image }] } },
      ...spec,
    },
  };
}

function begin(spec: Partial<NonNullable<Deployment['spec']>> = {}, options: Partial<FixtureOptions> = {}): ControllerFixture {
  const fixture = controllerFixture({ controllers: CONTROLLERS, readyAfterMs: 200, ...options });
  fixture.start();
  fixture.create(DEPLOYMENTS, deployment(spec));
  return fixture;
}

function setImage(fixture: ControllerFixture, image: string): void {
  fixture.patch(DEPLOYMENTS, 'web', { spec: { template: { spec: { containers: [{ name: 'nginx', image }] } } } });
}

const web = (fixture: ControllerFixture): Stored<Deployment> => fixture.get(DEPLOYMENTS, 'web')!;
const conditions = (fixture: ControllerFixture): string[] =>
  (web(fixture).status?.conditions ?? []).map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
const setsByRevision = (fixture: ControllerFixture): Stored<ReplicaSet>[] =>
  fixture.list(REPLICA_SETS).sort((a, b) => revision(a) - revision(b));
const revision = (object: Stored<ReplicaSet | Deployment>): number =>
  Number(object.metadata.annotations!['deployment.kubernetes.io/revision']);

describe('the deployment controller', () => {
  it('leaves a deployment whose pods do not start as the recordings show it', () => {
    const fixture = begin({}, { mayRun: () => false });
    fixture.advance(2000);
    const [set] = fixture.list(REPLICA_SETS);
    const hash = set!.metadata.labels!['pod-template-hash'];
    expect(set!.metadata).toMatchObject({
      name: `web-${hash}`,
      labels: { app: 'web', 'pod-template-hash': hash },
      annotations: {
        'deployment.kubernetes.io/desired-replicas': '1',
        'deployment.kubernetes.io/max-replicas': '2',
        'deployment.kubernetes.io/revision': '1',
      },
    });
    expect(set!.spec!.selector).toEqual({ matchLabels: { app: 'web', 'pod-template-hash': hash } });
    expect(web(fixture).metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
    expect(web(fixture).status).toMatchObject({ replicas: 1, updatedReplicas: 1, unavailableReplicas: 1, observedGeneration: 1 });
    expect(Object.keys(web(fixture).status!)).not.toContain('availableReplicas');
    expect(conditions(fixture)).toEqual([
      'Available=False MinimumReplicasUnavailable: Deployment does not have minimum availability.',
      `Progressing=True ReplicaSetUpdated: ReplicaSet "web-${hash}" is progressing.`,
    ]);
  });

  it('says that all is available when it is', () => {
    const fixture = begin({ replicas: 2 });
    fixture.advance(3000);
    const [set] = fixture.list(REPLICA_SETS);
    expect(conditions(fixture)).toEqual([
      'Available=True MinimumReplicasAvailable: Deployment has minimum availability.',
      `Progressing=True NewReplicaSetAvailable: ReplicaSet "${set!.metadata.name}" has successfully progressed.`,
    ]);
    expect(web(fixture).status).toMatchObject({
      availableReplicas: 2,
      observedGeneration: 1,
      readyReplicas: 2,
      replicas: 2,
      updatedReplicas: 2,
    });
  });

  it('rolls a new image out in steps and tells of each', () => {
    const fixture = begin({
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 as never, maxUnavailable: 1 as never } },
    });
    fixture.advance(3000);
    setImage(fixture, 'nginx:1.27');
    fixture.advance(5000);
    const [old, present] = setsByRevision(fixture);
    expect(fixture.events('Deployment')).toEqual([
      `ScalingReplicaSet Scaled up replica set ${old!.metadata.name} from 0 to 1`,
      `ScalingReplicaSet Scaled up replica set ${present!.metadata.name} from 0 to 1`,
      `ScalingReplicaSet Scaled down replica set ${old!.metadata.name} from 1 to 0`,
    ]);
    expect(revision(web(fixture))).toBe(2);
    expect(fixture.list(PODS)).toHaveLength(1);
  });

  it('never has fewer ready or more pods than a rolling update allows', () => {
    const fixture = begin({
      replicas: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 as never, maxUnavailable: 0 as never } },
    });
    fixture.advance(3000);
    setImage(fixture, 'nginx:1.27');
    for (let i = 0; i < 600; i++) {
      fixture.advance(20);
      const live = fixture.list(PODS).filter((pod) => pod.metadata.deletionTimestamp === undefined);
      expect(live.length).toBeLessThanOrEqual(11);
      expect(
        live.filter((pod) => pod.status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True')).length,
      ).toBeGreaterThanOrEqual(10);
    }
    expect(web(fixture).status).toMatchObject({ updatedReplicas: 10, availableReplicas: 10, replicas: 10 });
  });

  it('gives the template of a former revision a new number when it comes back', () => {
    const fixture = begin();
    fixture.advance(2000);
    setImage(fixture, 'nginx:1.27');
    fixture.advance(2000);
    setImage(fixture, 'nginx:1.26');
    fixture.advance(2000);
    expect(revision(web(fixture))).toBe(3);
    expect(
      setsByRevision(fixture).map((set) => [
        revision(set),
        set.spec!.replicas,
        set.metadata.annotations!['deployment.kubernetes.io/revision-history'],
      ]),
    ).toEqual([
      [2, 0, undefined],
      [3, 1, '1'],
    ]);
  });

  it('keeps as much history as it is told', () => {
    const fixture = begin({ revisionHistoryLimit: 1 });
    fixture.advance(2000);
    for (const image of ['a:1', 'a:2', 'a:3']) {
      setImage(fixture, image);
      fixture.advance(3000);
    }
    expect(setsByRevision(fixture).map(revision)).toEqual([3, 4]);
  });

  it('empties the old before it fills the new when it recreates', () => {
    const fixture = begin({ replicas: 2, strategy: { type: 'Recreate' } });
    fixture.advance(3000);
    setImage(fixture, 'nginx:1.27');
    for (let i = 0; i < 150; i++) {
      fixture.advance(20);
      const pods = fixture.list(PODS);
      expect(new Set(pods.map((pod) => pod.spec!.containers[0]!.image)).size).toBeLessThanOrEqual(1);
    }
    expect(fixture.list(PODS).map((pod) => pod.spec!.containers[0]!.image)).toEqual(['nginx:1.27', 'nginx:1.27']);
  });

  it('gives up hope when the deadline passes without progress', () => {
    const fixture = begin({ progressDeadlineSeconds: 2 }, { mayRun: () => false });
    fixture.advance(8000);
    const [set] = fixture.list(REPLICA_SETS);
    expect(conditions(fixture)).toEqual([
      'Available=False MinimumReplicasUnavailable: Deployment does not have minimum availability.',
      `Progressing=False ProgressDeadlineExceeded: ReplicaSet "${set!.metadata.name}" has timed out progressing.`,
    ]);
  });

  it('has no Progressing condition without a deadline', () => {
    const fixture = begin({ progressDeadlineSeconds: 2147483647 });
    fixture.advance(3000);
    expect(conditions(fixture)).toEqual(['Available=True MinimumReplicasAvailable: Deployment has minimum availability.']);
  });

  it('does not roll out while it is paused, and scales what there is', () => {
    const fixture = begin({ replicas: 2 });
    fixture.advance(2000);
    fixture.patch(DEPLOYMENTS, 'web', { spec: { paused: true } });
    fixture.advance(1000);
    setImage(fixture, 'nginx:1.27');
    fixture.patch(DEPLOYMENTS, 'web', { spec: { replicas: 3 } });
    fixture.advance(3000);
    expect(fixture.list(REPLICA_SETS)).toHaveLength(1);
    expect(fixture.list(PODS)).toHaveLength(3);
    expect(conditions(fixture)).toContain('Progressing=Unknown DeploymentPaused: Deployment is paused');
    fixture.patch(DEPLOYMENTS, 'web', { spec: { paused: null } });
    fixture.advance(5000);
    expect(fixture.list(PODS).map((pod) => pod.spec!.containers[0]!.image)).toEqual(['nginx:1.27', 'nginx:1.27', 'nginx:1.27']);
  });

  it('chooses another hash when the name of its replica set is taken', () => {
    const fixture = controllerFixture({ controllers: CONTROLLERS, readyAfterMs: 200 });
    fixture.start();
    fixture.create(DEPLOYMENTS, deployment());
    fixture.advance(2000);
    const [set] = fixture.list(REPLICA_SETS);
    fixture.group.kill();
    fixture.run(fixture.client.delete(DEPLOYMENTS, { namespace: 'default', name: 'web' }, { propagationPolicy: 'Background' }));
    fixture.create(DEPLOYMENTS, deployment());
    fixture.start();
    fixture.advance(3000);
    expect(web(fixture).status!.collisionCount).toBe(1);
    expect(fixture.list(REPLICA_SETS).map((each) => each.metadata.name)).toContain(set!.metadata.name);
    expect(fixture.list(REPLICA_SETS)).toHaveLength(2);
  });

  it('shares a change of size between the sets of a rollout in proportion', () => {
    const fixture = begin(
      { replicas: 10, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3 as never, maxUnavailable: 2 as never } } },
      { mayRun: (pod) => pod.spec!.containers[0]!.image === 'nginx:1.26' },
    );
    fixture.advance(3000);
    setImage(fixture, 'nginx:none');
    fixture.advance(3000);
    expect(setsByRevision(fixture).map((set) => set.spec!.replicas)).toEqual([8, 5]);
    fixture.patch(DEPLOYMENTS, 'web', { spec: { replicas: 15 } });
    fixture.advance(3000);
    expect(setsByRevision(fixture).map((set) => set.spec!.replicas)).toEqual([11, 7]);
  });
});
