import { describe, expect, it } from 'vitest';
import { DEPLOYMENTS } from '../../api/kinds.ts';
import { rfc3339 } from '../../base/time.ts';
import { controllerFixture } from '../testing.ts';
import { HORIZONTAL_POD_AUTOSCALERS, type HorizontalPodAutoscaler } from '../shared/kinds.ts';
import { podAutoscalerController } from './controller.ts';
import { limitProposal, noteScaling, type Memory } from './limits.ts';
import { proposeReplicas } from './replicas.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

const NOW = 1_767_225_600_000;
const SAMPLERS = { cpuInitializationMs: 300_000, initialReadinessMs: 30_000, tolerance: 0.1 };

function pod(name: string, options: { ready?: boolean; ageS?: number; phase?: string } = {}): Stored<Pod> {
  const { ready = true, ageS = 3600, phase = 'Running' } = options;
  const startTime = rfc3339(NOW - ageS * 1000);
  return {
    metadata: { name },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu: '200m' } } }] },
    status: { phase, startTime, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: startTime }] },
  } as unknown as Stored<Pod>;
}

const metric = (name: string, cpu: string) => ({
  metadata: { name },
  timestamp: rfc3339(NOW - 10_000),
  window: '30s',
  containers: [{ name: 'c', usage: { cpu } }],
});

function propose(pods: Stored<Pod>[], usage: Record<string, string>, currentReplicas = pods.length): number {
  const metrics = Object.entries(usage).map(([name, cpu]) => metric(name, cpu));
  return proposeReplicas({ resource: 'cpu', utilization: 50 }, { pods, metrics, currentReplicas, samplers: SAMPLERS, nowMs: NOW }).replicas;
}

describe('how many replicas are proposed', () => {
  it.each<[string, Stored<Pod>[], Record<string, string>, number]>([
    ['twice the use asks for twice the pods', [pod('a'), pod('b')], { a: '200m', b: '200m' }, 4],
    ['a little more is tolerated', [pod('a'), pod('b')], { a: '108m', b: '108m' }, 2],
    ['half the use asks for half the pods', [pod('a'), pod('b')], { a: '50m', b: '50m' }, 1],
    ['a pod without a sample is taken to be busy before shrinking', [pod('a'), pod('b')], { a: '50m' }, 2],
    ['and to be idle before growing', [pod('a'), pod('b')], { a: '300m' }, 3],
    [
      'a pod that is not ready is taken to be idle before growing',
      [pod('a'), pod('b', { ready: false, ageS: 60 })],
      { a: '300m', b: '0' },
      3,
    ],
    ['pods that failed do not count', [pod('a'), pod('b', { phase: 'Failed' })], { a: '200m' }, 2],
  ])('%s', (_name, pods, usage, expected) => {
    expect(propose(pods, usage)).toBe(expected);
  });

  it('cannot be said when nothing is asked for', () => {
    const greedy = { ...pod('a'), spec: { containers: [{ name: 'c' }] } } as Stored<Pod>;
    expect(() => propose([greedy], { a: '1' })).toThrow('missing request for cpu in container c of Pod a');
  });
});

describe('limits', () => {
  const hpa = (behavior?: object): HorizontalPodAutoscaler =>
    ({ spec: { minReplicas: 2, maxReplicas: 20, scaleTargetRef: { kind: 'X', name: 'x' }, behavior } }) as HorizontalPodAutoscaler;
  const memory = (): Memory => ({ recommendations: [], ups: [], downs: [] });

  it('let the number double at most, and to four at least', () => {
    expect(limitProposal(hpa(), memory(), 1, 10, 300_000, NOW).replicas).toBe(4);
    expect(limitProposal(hpa(), memory(), 6, 20, 300_000, NOW).replicas).toBe(12);
    expect(limitProposal(hpa(), memory(), 15, 40, 300_000, NOW)).toMatchObject({
      replicas: 20,
      conditions: [{}, { reason: 'TooManyReplicas' }],
    });
  });

  it('remember higher proposals for five minutes', () => {
    const remembered = memory();
    limitProposal(hpa(), remembered, 8, 8, 300_000, NOW);
    expect(limitProposal(hpa(), remembered, 8, 2, 300_000, NOW + 200_000)).toMatchObject({
      replicas: 8,
      conditions: [{ reason: 'ScaleDownStabilized' }, {}],
    });
    expect(limitProposal(hpa(), remembered, 8, 2, 300_000, NOW + 301_000).replicas).toBe(2);
  });

  it('hold the pace that a behavior sets', () => {
    const slow = hpa({
      scaleUp: { policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] },
      scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Disabled' },
    });
    const remembered = memory();
    expect(limitProposal(slow, remembered, 4, 10, 300_000, NOW).replicas).toBe(6);
    noteScaling(remembered, 4, 6, NOW);
    expect(limitProposal(slow, remembered, 6, 10, 300_000, NOW + 15_000).replicas).toBe(6);
    expect(limitProposal(slow, remembered, 6, 10, 300_000, NOW + 61_000).replicas).toBe(8);
    expect(limitProposal(slow, remembered, 8, 2, 300_000, NOW + 90_000).replicas).toBe(8);
  });
});

describe('the autoscaler', () => {
  it('keeps a workload within its limits even when there are no metrics, and says that there are none', () => {
    const fixture = controllerFixture({ controllers: [podAutoscalerController] });
    fixture.start();
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    fixture.create(DEPLOYMENTS, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd', namespace: 'default' },
      spec: { replicas: 1, selector: { matchLabels: { app: 'x' } }, template },
    });
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
    const spec = { minReplicas: 2, maxReplicas: 6, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, metrics };
    fixture.create(HORIZONTAL_POD_AUTOSCALERS, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h', namespace: 'default' },
      spec,
    });
    fixture.advance(14_000);
    expect(fixture.get(DEPLOYMENTS, 'd')!.spec!.replicas).toBe(1);
    fixture.advance(2_000);
    expect(fixture.get(DEPLOYMENTS, 'd')!.spec!.replicas).toBe(2);
    expect(fixture.events('HorizontalPodAutoscaler')).toEqual([
      'SuccessfulRescale New size: 2; reason: Current number of replicas below Spec.MinReplicas',
    ]);
    fixture.advance(20_000);
    const active = fixture.get(HORIZONTAL_POD_AUTOSCALERS, 'h')!.status!.conditions!.find((each) => each.type === 'ScalingActive');
    expect(active).toMatchObject({ status: 'False', reason: 'FailedGetResourceMetric' });
  });
});
