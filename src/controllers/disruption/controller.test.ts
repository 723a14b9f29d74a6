import { describe, expect, it } from 'vitest';
import { PODS, REPLICA_SETS } from '../../api/kinds.ts';
import { replicaSetController } from '../replicaset/controller.ts';
import { POD_DISRUPTION_BUDGETS } from '../shared/kinds.ts';
import { controllerFixture } from '../testing.ts';
import { disruptionController } from './controller.ts';

describe('disruption budgets', () => {
  it.each([
    [{ minAvailable: 2 }, { disruptionsAllowed: 2, currentHealthy: 4, desiredHealthy: 2, expectedPods: 4 }, 1],
    [{ maxUnavailable: 1 }, { disruptionsAllowed: 1, currentHealthy: 4, desiredHealthy: 3, expectedPods: 4 }, 0],
    [{ minAvailable: '50%' }, { disruptionsAllowed: 2, currentHealthy: 4, desiredHealthy: 2, expectedPods: 4 }, 1],
  ])('of %j allow what is beyond the need', (limits, expected, afterOneIsLost) => {
    const fixture = controllerFixture({ controllers: [disruptionController, replicaSetController], readyAfterMs: 2000 });
    fixture.start();
    const selector = { matchLabels: { app: 'x' } };
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    fixture.create(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'r', namespace: 'default' },
      spec: { replicas: 4, selector, template },
    });
    fixture.create(POD_DISRUPTION_BUDGETS, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b', namespace: 'default' },
      spec: { selector, ...limits },
    } as never);
    fixture.advance(5000);
    expect(fixture.get(POD_DISRUPTION_BUDGETS, 'b')!.status).toMatchObject(expected);
    fixture.run(fixture.client.delete(PODS, { namespace: 'default', name: fixture.list(PODS)[0]!.metadata.name }));
    fixture.advance(1000);
    expect(fixture.get(POD_DISRUPTION_BUDGETS, 'b')!.status!.disruptionsAllowed).toBe(afterOneIsLost);
  });
});
