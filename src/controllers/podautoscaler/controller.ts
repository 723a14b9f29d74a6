import { PODS, type Pod } from '../../api/kinds.ts';
import { parseToLabelSelector } from '../../api/label-parser.ts';
import { equalValues } from '../../api/equal.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { HORIZONTAL_POD_AUTOSCALERS, type HorizontalPodAutoscaler } from '../shared/kinds.ts';
import { indexByLabel, podsSelectedBy } from '../shared/label-index.ts';
import { durationFlag, messageOf, numberFlag, startWorkers } from '../shared/workers.ts';
import { limitProposal, noteScaling, type Memory } from './limits.ts';
import { proposeReplicas, type Proposal, type Target } from './replicas.ts';
import { readPodMetrics, readScale, writeScale, type Scale } from './scale.ts';
import { statusMetric, withHpaCondition, type HpaCondition } from './status.ts';
import type { Samplers } from './metrics.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

/** Sizes workloads by what their pods use (pkg/controller/podautoscaler). */
export const podAutoscalerController: Controller = {
  name: 'horizontal-pod-autoscaler-controller',
  component: 'horizontal-pod-autoscaler',
  start(context) {
    new Autoscaler(context).start();
  },
};

type Hpa = Stored<HorizontalPodAutoscaler>;
type MetricSpec = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number];
type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

interface Computed {
  readonly replicas: number;
  /** Which metric asks for the most. */
  readonly metric: string;
  readonly statuses: MetricStatus[];
}

/** One look at an autoscaler: what its status will say. */
interface Round {
  readonly hpa: Hpa;
  conditions: HpaCondition[];
  metrics: MetricStatus[];
}

class Autoscaler {
  private readonly context: ControllerContext;
  private readonly hpas: Informer<HorizontalPodAutoscaler>;
  private readonly pods: Informer<Pod>;
  private readonly queue: WorkQueue;
  private readonly memories = new Map<string, Memory>();
  private readonly periodMs: number;
  private readonly downStabilizationMs: number;
  private readonly samplers: Samplers;

  constructor(context: ControllerContext) {
    this.context = context;
    this.hpas = context.informers.informer(HORIZONTAL_POD_AUTOSCALERS);
    this.pods = context.informers.informer(PODS);
    this.queue = context.queue('horizontalpodautoscaler');
    this.periodMs = durationFlag(context, 'horizontal-pod-autoscaler-sync-period', 15_000);
    this.downStabilizationMs = durationFlag(context, 'horizontal-pod-autoscaler-downscale-stabilization', 300_000);
    this.samplers = {
      cpuInitializationMs: durationFlag(context, 'horizontal-pod-autoscaler-cpu-initialization-period', 300_000),
      initialReadinessMs: durationFlag(context, 'horizontal-pod-autoscaler-initial-readiness-delay', 30_000),
      tolerance: numberFlag(context, 'horizontal-pod-autoscaler-tolerance', 0.1),
    };
  }

  start(): void {
    const { hpas, pods, queue } = this;
    indexByLabel(pods);
    // Always a whole period later, new ones too: the upstream queue's rate limiter has a fixed interval.
    const enqueue = (hpa: Hpa): void => queue.addAfter(objectKey(hpa), this.periodMs);
    hpas.onChange({
      added: enqueue,
      updated: (_before, hpa) => enqueue(hpa),
      deleted: (hpa) => this.memories.delete(objectKey(hpa)),
    });
    const workers = numberFlag(this.context, 'concurrent-horizontal-pod-autoscaler-syncs', 5);
    startWorkers(this.context, 'horizontalpodautoscaler', queue, workers, (key) => this.reconcile(key));
  }

  private *reconcile(key: string): Task<void> {
    const hpa = this.hpas.get(key);
    if (!hpa) return;
    this.queue.addAfter(key, this.periodMs);
    const round: Round = { hpa, conditions: [...((hpa.status?.conditions ?? []) as HpaCondition[])], metrics: [] };
    const { client, informers, recorder } = this.context;
    const namespace = hpa.metadata.namespace ?? '';
    let scale: Scale;
    try {
      scale = yield* readScale(client, informers, hpa.spec!.scaleTargetRef, namespace);
    } catch (error) {
      recorder.event(hpa, 'Warning', 'FailedGetScale', messageOf(error));
      this.say(
        round,
        'AbleToScale',
        'False',
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${messageOf(error)}`,
      );
      yield* this.write(round, hpa.status?.currentReplicas ?? 0, hpa.status?.desiredReplicas ?? 0, undefined);
      return;
    }
    this.say(round, 'AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
    yield* this.size(key, round, scale, namespace);
  }

  private *size(key: string, round: Round, scale: Scale, namespace: string): Task<void> {
    const { hpa } = round;
    const current = scale.spec.replicas ?? 0;
    const [low, high] = [hpa.spec?.minReplicas ?? 1, hpa.spec!.maxReplicas];
    let memory = this.memories.get(key);
    if (!memory)
      this.memories.set(
        key,
        (memory = { recommendations: [{ atMs: this.context.kernel.epochMs(), replicas: current }], ups: [], downs: [] }),
      );
    let desired = current;
    let reason = '';
    if (current === 0 && low !== 0) {
      this.say(round, 'ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
    } else if (current > high) [desired, reason] = [high, 'Current number of replicas above Spec.MaxReplicas'];
    else if (current < low) [desired, reason] = [low, 'Current number of replicas below Spec.MinReplicas'];
    else {
      const computed = yield* this.compute(round, scale, namespace, current);
      if (!computed) {
        yield* this.write(round, scale.status.replicas, hpa.status?.desiredReplicas ?? 0, undefined);
        return;
      }
      round.metrics = computed.statuses;
      reason = computed.replicas > current ? `${computed.metric} above target` : 'All metrics below target';
      const limited = limitProposal(hpa, memory, current, computed.replicas, this.downStabilizationMs, this.context.kernel.epochMs());
      for (const { type, status, reason: why, message } of limited.conditions) this.say(round, type, status, why, message);
      desired = limited.replicas;
    }
    yield* this.apply(round, memory, scale, namespace, current, desired, reason);
  }

  private *apply(
    round: Round,
    memory: Memory,
    scale: Scale,
    namespace: string,
    current: number,
    desired: number,
    reason: string,
  ): Task<void> {
    const { client, informers, recorder, kernel } = this.context;
    const { hpa } = round;
    if (desired === current) {
      yield* this.write(round, scale.status.replicas, desired, undefined);
      return;
    }
    try {
      yield* writeScale(client, informers, hpa.spec!.scaleTargetRef, namespace, { ...scale, spec: { ...scale.spec, replicas: desired } });
    } catch (error) {
      recorder.event(hpa, 'Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${messageOf(error)}`);
      this.say(
        round,
        'AbleToScale',
        'False',
        'FailedUpdateScale',
        `the HPA controller was unable to update the target scale: ${messageOf(error)}`,
      );
      yield* this.write(round, scale.status.replicas, hpa.status?.desiredReplicas ?? 0, undefined);
      return;
    }
    this.say(round, 'AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${desired}`);
    recorder.event(hpa, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`);
    noteScaling(memory, current, desired, kernel.epochMs());
    yield* this.write(round, scale.status.replicas, desired, kernel.timestamp());
  }

  /** The most that any metric asks for; undefined when none can say, or when one cannot and the rest would shrink. */
  private *compute(round: Round, scale: Scale, namespace: string, current: number): Task<Computed | undefined> {
    const { hpa } = round;
    const specs = hpa.spec?.metrics ?? [];
    if (!scale.status.selector) {
      this.fail(round, 'InvalidSelector', "the HPA target's scale is missing a selector");
      return undefined;
    }
    let best: { replicas: number; metric: string } | undefined;
    let firstFailure: { reason: string; message: string } | undefined;
    let failures = 0;
    const statuses: MetricStatus[] = [];
    for (const spec of specs) {
      const target = targetOf(spec);
      try {
        if (!target) throw new Error(`unable to fetch metrics from custom metrics API: the server could not find the requested resource`);
        const proposal = yield* this.propose(target, scale, namespace, current);
        statuses.push(statusMetric(spec, proposal));
        if (!best || proposal.replicas > best.replicas) best = { replicas: proposal.replicas, metric: metricName(target) };
      } catch (error) {
        failures++;
        firstFailure ??= failureOf(spec, target, messageOf(error));
      }
    }
    if (failures > 0 && (!best || best.replicas < current)) {
      const { reason, message } = firstFailure!;
      this.context.recorder.event(hpa, 'Warning', reason, message);
      const prefix = `invalid metrics (${failures} invalid out of ${specs.length}), first error is: `;
      this.context.recorder.event(
        hpa,
        'Warning',
        'FailedComputeMetricsReplicas',
        `${prefix}failed to get ${nameInError(specs)} metric value: ${message}`,
      );
      this.say(round, 'ScalingActive', 'False', reason, `the HPA was unable to compute the replica count: ${message}`);
      return undefined;
    }
    if (!best) return { replicas: current, metric: '', statuses };
    this.say(
      round,
      'ScalingActive',
      'True',
      'ValidMetricFound',
      `the HPA was able to successfully calculate a replica count from ${best.metric}`,
    );
    return { ...best, statuses };
  }

  private *propose(target: Target, scale: Scale, namespace: string, currentReplicas: number): Task<Proposal> {
    const { client, kernel } = this.context;
    const selector = scale.status.selector!;
    let metrics;
    try {
      metrics = yield* readPodMetrics(client, namespace, selector);
    } catch (error) {
      const where = messageOf(error).startsWith('the server could not find')
        ? 'the server could not find the requested resource (get pods.metrics.k8s.io)'
        : messageOf(error);
      throw new Error(
        `unable to get metrics for resource ${target.resource}: unable to fetch metrics from resource metrics API: ${where}`,
        { cause: error },
      );
    }
    const pods = podsSelectedBy(this.pods, namespace, parseToLabelSelector(selector));
    return proposeReplicas(target, { pods, metrics, currentReplicas, samplers: this.samplers, nowMs: kernel.epochMs() });
  }

  private fail(round: Round, reason: string, message: string): void {
    this.context.recorder.event(round.hpa, 'Warning', reason, message);
    this.say(round, 'ScalingActive', 'False', reason, message);
  }

  private say(round: Round, type: string, status: 'True' | 'False', reason: string, message: string): void {
    round.conditions = withHpaCondition(round.conditions, { type, status, reason, message }, this.context.kernel.timestamp());
  }

  private *write(round: Round, currentReplicas: number, desiredReplicas: number, scaledAt: string | undefined): Task<void> {
    const { hpa, conditions, metrics } = round;
    const lastScaleTime = scaledAt ?? (hpa.status?.lastScaleTime as string | undefined);
    const status = {
      ...(hpa.metadata.generation && { observedGeneration: hpa.metadata.generation }),
      ...(lastScaleTime && { lastScaleTime }),
      ...(currentReplicas > 0 && { currentReplicas }),
      desiredReplicas,
      ...(metrics.length > 0 && { currentMetrics: metrics }),
      conditions,
    };
    if (equalValues(hpa.status, status)) return;
    yield* this.context.client.updateStatus(HORIZONTAL_POD_AUTOSCALERS, { ...hpa, status } as unknown as HorizontalPodAutoscaler);
  }
}

function targetOf(spec: MetricSpec): Target | undefined {
  const source = spec.type === 'Resource' ? spec.resource : spec.type === 'ContainerResource' ? spec.containerResource : undefined;
  if (!source) return undefined;
  const { averageUtilization, averageValue } = source.target;
  const container = spec.type === 'ContainerResource' ? spec.containerResource?.container : undefined;
  return {
    resource: source.name,
    ...(container && { container }),
    ...(averageUtilization !== undefined && averageUtilization !== null
      ? { utilization: averageUtilization }
      : { averageValue: averageValue ?? '0' }),
  };
}

function metricName(target: Target): string {
  const kind = target.container ? 'container resource' : 'resource';
  return target.utilization === undefined ? `${target.resource} ${kind}` : `${target.resource} ${kind} utilization (percentage of request)`;
}

function nameInError(specs: readonly MetricSpec[]): string {
  const first = targetOf(specs[0]!);
  return first ? `${first.resource} ${first.container ? 'container resource' : 'resource'}` : (specs[0]!.type ?? '').toLowerCase();
}

function failureOf(spec: MetricSpec, target: Target | undefined, message: string): { reason: string; message: string } {
  if (!target) return { reason: `FailedGet${spec.type}Metric`, message: `unable to get metric: ${message}` };
  const what = target.utilization === undefined ? `${target.resource} usage` : `${target.resource} utilization`;
  return {
    reason: target.container ? 'FailedGetContainerResourceMetric' : 'FailedGetResourceMetric',
    message: `failed to get ${what}: ${message}`,
  };
}
