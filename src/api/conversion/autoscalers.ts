import { decode, DecodeError } from '../decode.ts';
import { typeOf } from '../schema.ts';
import { goShape, type Shapes } from '../go-shape.ts';
import type { KubeObject } from '../object.ts';

/*
 * Autoscalers in autoscaling/v1, v2beta1 and v2beta2 (pkg/apis/autoscaling/v1/conversion.go). v1
 * knows a target of CPU only; what else there is travels in annotations.
 */

type Json = Record<string, any>;

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

const SHAPES: Shapes = {
  Behavior: 'ScaleUp*Rules ScaleDown*Rules',
  Rules: 'StabilizationWindowSeconds* SelectPolicy* Policies*Policy Tolerance*',
  Policy: 'Type Value# PeriodSeconds#',
};

function defined(object: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** A metric as v1's annotations and v2beta1 write it. */
function flatMetric(metric: Json): Json {
  const { type, resource, containerResource, pods, object, external } = metric;
  const target = (source: Json) => source['target'] ?? {};
  if (resource) {
    const { averageUtilization, averageValue } = target(resource);
    return {
      type,
      resource: defined({ name: resource.name, targetAverageUtilization: averageUtilization, targetAverageValue: averageValue }),
    };
  }
  if (containerResource) {
    const { averageUtilization, averageValue } = target(containerResource);
    const { name, container } = containerResource;
    return {
      type,
      containerResource: defined({ name, targetAverageUtilization: averageUtilization, targetAverageValue: averageValue, container }),
    };
  }
  if (pods)
    return {
      type,
      pods: defined({ metricName: pods.metric?.name, targetAverageValue: target(pods).averageValue, selector: pods.metric?.selector }),
    };
  if (object) {
    const { value, averageValue } = target(object);
    const { describedObject, metric: named } = object;
    return {
      type,
      object: defined({
        target: describedObject,
        metricName: named?.name,
        targetValue: value ?? '0',
        selector: named?.selector,
        averageValue,
      }),
    };
  }
  if (external) {
    const { value, averageValue } = target(external);
    const { name, selector } = external.metric ?? {};
    return {
      type,
      external: defined({ metricName: name, metricSelector: selector, targetValue: value, targetAverageValue: averageValue }),
    };
  }
  return metric;
}

function nestedTarget({ utilization, averageValue, value }: { utilization?: number; averageValue?: string; value?: string }): Json {
  if (utilization !== undefined) return { type: 'Utilization', averageUtilization: utilization };
  return averageValue !== undefined ? { type: 'AverageValue', averageValue } : { type: 'Value', value };
}

/** The other way round. */
function nestedMetric(metric: Json): Json {
  const { type, resource, containerResource, pods, object, external } = metric;
  const ofResource = (source: Json) =>
    nestedTarget({ utilization: source['targetAverageUtilization'], averageValue: source['targetAverageValue'] });
  if (resource && !resource.target) return { type, resource: { name: resource.name, target: ofResource(resource) } };
  if (containerResource && !containerResource.target) {
    const { name, container } = containerResource;
    return { type, containerResource: { name, container, target: ofResource(containerResource) } };
  }
  if (pods && !pods.target) {
    const target = nestedTarget({ averageValue: pods.targetAverageValue });
    return { type, pods: { metric: defined({ name: pods.metricName, selector: pods.selector }), target } };
  }
  if (object && !object.describedObject) {
    const target = nestedTarget({ averageValue: object.averageValue, value: object.targetValue });
    return {
      type,
      object: { describedObject: object.target, target, metric: defined({ name: object.metricName, selector: object.selector }) },
    };
  }
  if (external && !external.target) {
    const target = nestedTarget({ averageValue: external.targetAverageValue, value: external.targetValue });
    return { type, external: { metric: defined({ name: external.metricName, selector: external.metricSelector }), target } };
  }
  return metric;
}

function flatCurrent(metric: Json): Json {
  const { type, resource } = metric;
  if (!resource) return metric;
  const { averageUtilization, averageValue } = resource.current ?? {};
  return {
    type,
    resource: defined({ name: resource.name, currentAverageUtilization: averageUtilization, currentAverageValue: averageValue }),
  };
}

const isCpuUtilization = (metric: Json) =>
  metric['type'] === 'Resource' && metric['resource']?.name === 'cpu' && metric['resource']?.target?.averageUtilization !== undefined;

function withAnnotations(metadata: Json | undefined, added: Readonly<Record<string, string | undefined>>): Json {
  const annotations = { ...metadata?.['annotations'], ...defined(added) };
  return Object.keys(annotations).length > 0 ? { ...metadata, annotations } : { ...metadata };
}

/** autoscaling/v2 → autoscaling/v1. */
export function autoscalerToV1(object: KubeObject): KubeObject {
  const { metrics = [], behavior, ...spec } = (object.spec ?? {}) as Json;
  const { currentMetrics, conditions, ...status } = (object.status ?? {}) as Json;
  const cpu = metrics.findIndex(isCpuUtilization);
  const others = metrics.filter((_: Json, i: number) => i !== cpu);
  const measured = (currentMetrics ?? []) as Json[];
  const cpuNow = measured.find(
    (metric) => metric['resource']?.name === 'cpu' && metric['resource'].current?.averageUtilization !== undefined,
  );
  const metadata = withAnnotations(object.metadata, {
    [METRICS]: others.length > 0 ? JSON.stringify(others.map(flatMetric)) : undefined,
    [BEHAVIOR]: behavior ? JSON.stringify(goShape(SHAPES, 'Behavior', behavior)) : undefined,
    [CURRENT_METRICS]: measured.length > 0 ? JSON.stringify(measured.map(flatCurrent)) : undefined,
    [CONDITIONS]: conditions?.length ? JSON.stringify(conditions) : undefined,
  });
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: defined({ ...spec, targetCPUUtilizationPercentage: metrics[cpu]?.resource.target.averageUtilization }),
    status: defined({ currentReplicas: 0, ...status, currentCPUUtilizationPercentage: cpuNow?.['resource'].current.averageUtilization }),
  };
}

function parsed(text: string | undefined): any {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The objects of a list, whatever else a client may have written. */
function parsedList(text: string | undefined): Json[] {
  const list = parsed(text);
  return Array.isArray(list) ? list.filter((item) => typeof item === 'object' && item !== null && !Array.isArray(item)) : [];
}

/** `ScaleUp` → `scaleUp` throughout. */
function lowerKeys(value: any): any {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(entries.map(([key, part]) => [key.charAt(0).toLowerCase() + key.slice(1), lowerKeys(part)]));
}

const CARRIED = [METRICS, BEHAVIOR, CURRENT_METRICS, CONDITIONS];

/** autoscaling/v1 → autoscaling/v2. What annotations carry counts only where it can be read as what it should be. */
export function autoscalerFromV1(object: KubeObject): KubeObject {
  const type = typeOf('autoscaling/v2', 'HorizontalPodAutoscaler')!;
  try {
    return decode<KubeObject>(type, upgraded(object)).value;
  } catch (error) {
    const annotations = object.metadata?.annotations;
    if (!(error instanceof DecodeError) || !annotations || !CARRIED.some((name) => name in annotations)) throw error;
    const others = Object.entries(annotations).filter(([name]) => !CARRIED.includes(name));
    return autoscalerFromV1({ ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(others) } });
  }
}

function upgraded(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: percentage, ...rest } = (object.spec ?? {}) as Json;
  const { currentCPUUtilizationPercentage: percentageNow, ...status } = (object.status ?? {}) as Json;
  const {
    [METRICS]: metricsText,
    [BEHAVIOR]: behaviorText,
    [CURRENT_METRICS]: currentText,
    [CONDITIONS]: conditionsText,
    ...annotations
  } = object.metadata?.annotations ?? {};
  const cpu =
    percentage === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } } }];
  const metrics = [...parsedList(metricsText).map(nestedMetric), ...cpu];
  const behavior = parsed(behaviorText);
  const spec: Json = { ...rest };
  if (metrics.length > 0) spec['metrics'] = metrics;
  if (behavior) spec['behavior'] = lowerKeys(behavior);
  const metadata: Json = { ...object.metadata };
  if (Object.keys(annotations).length > 0) metadata['annotations'] = annotations;
  else delete metadata['annotations'];
  const next: KubeObject = { ...object, apiVersion: 'autoscaling/v2', metadata, spec };
  if (object.status) {
    const current = parsedList(currentText)
      .filter(({ type, resource }) => type === 'Resource' && resource)
      .map(({ type, resource }) => ({
        type,
        resource: {
          name: resource.name,
          current: defined({ averageUtilization: resource.currentAverageUtilization, averageValue: resource.currentAverageValue }),
        },
      }));
    if (current.length === 0 && percentageNow !== undefined) {
      current.push({ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: percentageNow } } });
    }
    next.status = defined({ ...status, currentMetrics: current.length > 0 ? current : null, conditions: parsed(conditionsText) });
  }
  return next;
}

function mapMetrics(object: KubeObject, change: (metric: Json) => Json): KubeObject {
  const metrics: unknown = object.spec?.metrics;
  return Array.isArray(metrics) ? { ...object, spec: { ...object.spec, metrics: metrics.map(change) } } : object;
}

/** autoscaling/v2beta1 ↔ autoscaling/v2; apiVersion is the caller's to set. */
export const autoscalerFromBeta1 = (object: KubeObject) => mapMetrics(object, nestedMetric);
export const autoscalerToBeta1 = (object: KubeObject) => mapMetrics(object, flatMetric);
