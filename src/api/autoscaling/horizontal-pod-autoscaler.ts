import { autoscalerFromV1 } from '../conversion/autoscalers.ts';
import {
  checkNotNegative,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedField,
  addProblems,
  type FieldErrors,
} from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { isPathSegmentName } from '../names.ts';
import { parseQuantity } from '../quantity.ts';
import { withDefaults, withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { validateSelector } from '../validate-selector.ts';
import type { KindBehaviour, RowContext, TableRow } from '../behaviour.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
} from 'kubernetes-types/autoscaling/v2';

const CPU: MetricSpec[] = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
const SCALE_UP: Partial<HPAScalingRules> = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const SCALE_DOWN: Partial<HPAScalingRules> = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };
const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const LONGEST_PERIOD_SECONDS = 1800;
const LONGEST_WINDOW_SECONDS = 3600;
const LIST_LIMIT = 2;

function defaultBehavior(given: HorizontalPodAutoscalerBehavior): HorizontalPodAutoscalerBehavior {
  const up = withField(given, 'scaleUp', withDefaults(given.scaleUp ?? {}, SCALE_UP));
  return withField(up, 'scaleDown', withDefaults(given.scaleDown ?? {}, SCALE_DOWN));
}

function defaults(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  let spec = withDefaults(autoscaler.spec ?? ({} as HorizontalPodAutoscalerSpec), { minReplicas: 1 });
  if (!spec.metrics?.length) spec = { ...spec, metrics: CPU };
  if (spec.behavior) spec = withField(spec, 'behavior', defaultBehavior(spec.behavior));
  return withField(autoscaler, 'spec', spec);
}

function validateReference(
  errors: FieldErrors,
  reference: { kind?: string; name?: string; apiVersion?: string } | undefined,
  at: string,
): void {
  const { kind, name, apiVersion = '' } = reference ?? {};
  if (!kind) errors.push(requiredField(`${at}.kind`));
  else addProblems(errors, `${at}.kind`, kind, isPathSegmentName(kind));
  if (!name) errors.push(requiredField(`${at}.name`));
  else addProblems(errors, `${at}.name`, name, isPathSegmentName(name));
  if (apiVersion.split('/').length > 2)
    errors.push(invalidField(`${at}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  // Only replication controllers have a scale without a group.
  else if (!apiVersion.includes('/') && kind !== 'ReplicationController') {
    errors.push(invalidField(`${at}.apiVersion`, apiVersion, 'apiVersion must specify API group'));
  }
}

const SOURCES = ['containerResource', 'external', 'object', 'pods', 'resource'] as const;

function isPositive(quantity: string | number | undefined): boolean {
  return quantity !== undefined && parseQuantity(quantity).nanos > 0n;
}

function validateTarget(errors: FieldErrors, target: MetricTarget | undefined, ofResource: boolean, at: string): void {
  const { type, averageUtilization, averageValue, value } = target ?? ({} as MetricTarget);
  const types = ['AverageValue', 'Utilization', 'Value'];
  if (!type) errors.push(requiredField(`${at}.type`, 'must specify a metric target type'));
  else if (!types.includes(type)) errors.push(invalidField(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  if (value !== undefined && !isPositive(value)) errors.push(invalidField(`${at}.value`, value, 'must be positive'));
  if (averageValue !== undefined && !isPositive(averageValue))
    errors.push(invalidField(`${at}.averageValue`, averageValue, 'must be positive'));
  if (typeof averageUtilization === 'number' && averageUtilization < 1) {
    errors.push(invalidField(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  }
  if (!ofResource) return;
  if (averageUtilization === undefined && averageValue === undefined) {
    errors.push(requiredField(`${at}.averageUtilization`, 'must set either a target raw value or a target utilization'));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    errors.push(forbiddenField(`${at}.averageValue`, 'may not set both a target raw value and a target utilization'));
  }
}

function validateMetric(errors: FieldErrors, metric: MetricSpec, at: string): void {
  const { type } = metric;
  if (!type) {
    errors.push(requiredField(`${at}.type`, 'must specify a metric source type'));
    return;
  }
  if (!METRIC_TYPES.includes(type)) {
    // Said twice: once of the type, once of the source that it should name.
    errors.push(unsupportedField(`${at}.type`, type, METRIC_TYPES), unsupportedField(`${at}.type`, type, METRIC_TYPES));
    return;
  }
  const expected = (type.charAt(0).toLowerCase() + type.slice(1)) as (typeof SOURCES)[number];
  for (const source of SOURCES) {
    if (metric[source] === undefined) continue;
    if (source !== expected) errors.push(forbiddenField(`${at}.${source}`, 'must populate the given metric source only'));
  }
  const source = metric[expected];
  if (!source) {
    errors.push(requiredField(`${at}.${expected}`, 'must populate information for the given metric source'));
    return;
  }
  if (metric.object) validateReference(errors, metric.object.describedObject, `${at}.object.describedObject`);
  if ('name' in source && !source.name) errors.push(requiredField(`${at}.${expected}.name`, 'must specify a resource name'));
  if (metric.containerResource && !metric.containerResource.container) {
    errors.push(requiredField(`${at}.containerResource.container`, 'must specify a container'));
  }
  if ('metric' in source) {
    if (!source.metric?.name) errors.push(requiredField(`${at}.${expected}.metric.name`, 'must specify a metric name'));
    validateSelector(errors, source.metric?.selector, `${at}.${expected}.metric.selector`);
  }
  validateTarget(errors, source.target, type === 'Resource' || type === 'ContainerResource', `${at}.${expected}.target`);
}

function validateRules(errors: FieldErrors, rules: HPAScalingRules | undefined, at: string): void {
  if (!rules) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  checkNotNegative(errors, `${at}.stabilizationWindowSeconds`, window);
  if (typeof window === 'number' && window > LONGEST_WINDOW_SECONDS) {
    errors.push(invalidField(`${at}.stabilizationWindowSeconds`, window, `must be less than or equal to ${LONGEST_WINDOW_SECONDS}`));
  }
  const selections = ['Disabled', 'Max', 'Min'];
  if (selectPolicy && !selections.includes(selectPolicy)) errors.push(unsupportedField(`${at}.selectPolicy`, selectPolicy, selections));
  if (policies.length === 0) errors.push(requiredField(`${at}.policies`, 'must specify at least one Policy'));
  policies.forEach(({ type, value, periodSeconds }, i) => {
    const policy = `${at}.policies[${i}]`;
    if (type !== 'Pods' && type !== 'Percent') errors.push(unsupportedField(`${policy}.type`, type ?? '', ['Percent', 'Pods']));
    if (!(value > 0)) errors.push(invalidField(`${policy}.value`, value ?? 0, 'must be greater than zero'));
    if (!(periodSeconds > 0)) errors.push(invalidField(`${policy}.periodSeconds`, periodSeconds ?? 0, 'must be greater than zero'));
    else if (periodSeconds > LONGEST_PERIOD_SECONDS) {
      errors.push(invalidField(`${policy}.periodSeconds`, periodSeconds, `must be less than or equal to ${LONGEST_PERIOD_SECONDS}`));
    }
  });
}

function validate({ spec }: HorizontalPodAutoscaler): FieldErrors {
  const errors: FieldErrors = [];
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec ?? ({} as HorizontalPodAutoscalerSpec);
  if (typeof minReplicas === 'number' && minReplicas < 1) {
    errors.push(invalidField('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  }
  if (maxReplicas < 1) errors.push(invalidField('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (typeof minReplicas === 'number' && maxReplicas < minReplicas) {
    errors.push(invalidField('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  validateReference(errors, scaleTargetRef, 'spec.scaleTargetRef');
  metrics.forEach((metric, i) => validateMetric(errors, metric, `spec.metrics[${i}]`));
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    errors.push(forbiddenField('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas'));
  }
  validateRules(errors, behavior?.scaleUp, 'spec.behavior.scaleUp');
  validateRules(errors, behavior?.scaleDown, 'spec.behavior.scaleDown');
  return errors;
}

const UNKNOWN = '<unknown>';

function resourceText(
  name: string,
  target: MetricTarget | undefined,
  current: { averageValue?: string; averageUtilization?: number } | undefined,
): string {
  if (target?.averageValue !== undefined) return `${name}: ${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`;
  const wanted = target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  return `${name}: ${now}/${wanted}`;
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  if (spec.resource) return resourceText(spec.resource.name, spec.resource.target, status?.resource?.current);
  if (spec.containerResource)
    return resourceText(spec.containerResource.name, spec.containerResource.target, status?.containerResource?.current);
  const [target, current] = spec.external
    ? [spec.external.target, status?.external?.current]
    : spec.object
      ? [spec.object.target, status?.object?.current]
      : [spec.pods?.target, status?.pods?.current];
  if (spec.pods) return `${current?.averageValue ?? UNKNOWN}/${target?.averageValue}`;
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target?.value}`;
}

function targetsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, i) => metricText(metric, status?.currentMetrics?.[i]));
  const shown = texts.slice(0, LIST_LIMIT).join(', ');
  return texts.length > LIST_LIMIT ? `${shown} + ${texts.length - LIST_LIMIT} more...` : shown;
}

function autoscalerRow(autoscaler: HorizontalPodAutoscaler, context: RowContext): TableRow {
  const { spec, status } = autoscaler;
  return row(
    autoscaler.metadata?.name ?? '',
    `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`,
    targetsText(autoscaler),
    spec?.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec?.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    ageOf(autoscaler, context),
  );
}

export const horizontalPodAutoscalerBehaviour: KindBehaviour<HorizontalPodAutoscaler> = {
  kind: builtin<HorizontalPodAutoscaler>('autoscaling/v2', 'horizontalpodautoscalers'),
  defaults,
  initialStatus: () => ({ desiredReplicas: 0, currentMetrics: null as never }),
  validate,
  validateUpdate: (autoscaler, old) => (autoscaler.spec === old.spec ? [] : validate(autoscaler)),
  row: autoscalerRow,
};

/** The older version is stored as the newer; on its own it only prints. */
export const horizontalPodAutoscalerV1Behaviour: KindBehaviour = {
  kind: builtin('autoscaling/v1', 'horizontalpodautoscalers'),
  defaults: (autoscaler) =>
    autoscaler.spec ? withField(autoscaler, 'spec', withDefaults(autoscaler.spec, { minReplicas: 1 })) : autoscaler,
  initialStatus: () => ({ currentReplicas: 0, desiredReplicas: 0 }),
  row: (autoscaler, context) => autoscalerRow(autoscalerFromV1(autoscaler) as HorizontalPodAutoscaler, context),
};
