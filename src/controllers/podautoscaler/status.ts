import { findCondition } from '../shared/conditions.ts';
import type { HorizontalPodAutoscaler } from '../shared/kinds.ts';
import type { Proposal } from './replicas.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type MetricSpec = NonNullable<Spec['metrics']>[number];
type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

export interface HpaCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime?: string;
}

/** The condition in its place; the time of transition stays while the status does (horizontal.go setConditionInList). */
export function withHpaCondition(conditions: readonly HpaCondition[], next: HpaCondition, now: string): HpaCondition[] {
  const present = findCondition(conditions as HpaCondition[], next.type);
  const lastTransitionTime = present?.status === next.status ? present.lastTransitionTime : now;
  const dated = { ...next, lastTransitionTime };
  return present ? conditions.map((each) => (each === present ? dated : each)) : [...conditions, dated];
}

/** What the status says of a metric. */
export function statusMetric(spec: MetricSpec, { utilization, averageValue }: Proposal): MetricStatus {
  const current = { ...(utilization !== undefined && { averageUtilization: utilization }), averageValue };
  if (spec.type === 'ContainerResource') {
    const { name, container } = spec.containerResource!;
    return { type: 'ContainerResource', containerResource: { name, container, current } };
  }
  return { type: 'Resource', resource: { name: spec.resource!.name, current } };
}
