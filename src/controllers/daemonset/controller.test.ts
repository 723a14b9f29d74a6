import { describe, expect, it } from 'vitest';
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS, type DaemonSet } from '../../api/kinds.ts';
import { controllerFixture, type ControllerFixture } from '../testing.ts';
import { daemonSetController } from './controller.ts';
import { nodeOfPod } from './decide.ts';

function begin(
  spec: Partial<NonNullable<DaemonSet['spec']>['template']['spec']> = {},
  extra: Partial<NonNullable<DaemonSet['spec']>> = {},
): ControllerFixture {
  const fixture = controllerFixture({ controllers: [daemonSetController], readyAfterMs: 500 });
  fixture.start();
  for (const name of ['a', 'b', 'c']) {
    fixture.create(NODES, { metadata: { name, labels: { name } } });
    fixture.patch(NODES, name, { spec: { taints: null } });
  }
  fixture.patch(NODES, 'c', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } });
  const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }], ...spec } };
  const given = { selector: { matchLabels: { app: 'x' } }, template, ...extra };
  fixture.create(DAEMON_SETS, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd', namespace: 'default' }, spec: given });
  return fixture;
}

const nodes = (fixture: ControllerFixture): string[] =>
  fixture
    .list(PODS)
    .map((pod) => nodeOfPod(pod)!)
    .sort();

describe('daemon sets', () => {
  it('run one pod on every node that they fit and that lets them', () => {
    const fixture = begin();
    fixture.advance(3000);
    expect(fixture.list(PODS)).toHaveLength(2);
    expect(fixture.list(PODS)[0]!.spec!.tolerations).toContainEqual({
      key: 'node.kubernetes.io/unschedulable',
      operator: 'Exists',
      effect: 'NoSchedule',
    });
    fixture.patch(NODES, 'c', { spec: { taints: null } });
    fixture.advance(100);
    expect(fixture.list(PODS)).toHaveLength(3);
    expect(fixture.list(PODS).some((pod) => nodeOfPod(pod) === 'c')).toBe(true);
  });

  it('follow the labels of nodes', () => {
    const fixture = begin({ nodeSelector: { disk: 'ssd' } });
    fixture.advance(1000);
    expect(fixture.get(DAEMON_SETS, 'd')!.status).toMatchObject({
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    });
    fixture.patch(NODES, 'a', { metadata: { labels: { disk: 'ssd' } } });
    fixture.advance(100);
    expect(nodes(fixture)).toEqual(['a']);
    fixture.patch(NODES, 'a', { metadata: { labels: { disk: 'hdd' } } });
    fixture.advance(3000);
    expect(nodes(fixture)).toEqual([]);
  });

  it('keep a revision for each template', () => {
    const fixture = begin();
    fixture.advance(1000);
    fixture.patch(DAEMON_SETS, 'd', { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } } });
    fixture.advance(1000);
    expect(
      fixture
        .list(CONTROLLER_REVISIONS)
        .map((revision) => revision.revision)
        .sort(),
    ).toEqual([1, 2]);
  });
});
