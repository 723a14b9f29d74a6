import { equalValues } from '../equal.ts';
import { checkNotNegative, forbiddenField, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { goShape, type Shapes } from '../go-shape.ts';
import { DAEMON_SETS } from '../kinds.ts';
import { formatLabels, formatLabelSelector } from '../labels.ts';
import { withDefaults, withField } from '../share.ts';
import { ageOf, containerCells, row } from '../table.ts';
import { defaultTemplate } from '../core/pod/pod-defaults.ts';
import { templateWarnings } from '../core/pod/pod-warnings.ts';
import { isEmptySelector, validateSelector } from '../validate-selector.ts';
import { validateTemplate } from '../core/pod/validate-pod-spec.ts';
import {
  compiledSelector,
  isZero,
  nameWarnings,
  validateAtMostAll,
  validateImmutableSelector,
  validateIntOrPercent,
} from './validate-workload.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy } from 'kubernetes-types/apps/v1';

const SHAPES: Shapes = { Strategy: 'Type RollingUpdate*Rolling', Rolling: 'MaxUnavailable# MaxSurge#' };
const ROLLING = { maxUnavailable: 1, maxSurge: 0 };
/** How many templates the set has had, where old clients look for it. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function defaultStrategy(given: DaemonSetUpdateStrategy): DaemonSetUpdateStrategy {
  const strategy = given.type ? given : { ...given, type: 'RollingUpdate' };
  if (strategy.type !== 'RollingUpdate') return strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(strategy.rollingUpdate ?? {}, ROLLING));
}

function defaults(set: DaemonSet): DaemonSet {
  let spec = withDefaults(set.spec ?? ({} as DaemonSetSpec), { revisionHistoryLimit: 10 });
  spec = withField(spec, 'template', defaultTemplate(spec.template));
  return withField(set, 'spec', withField(spec, 'updateStrategy', defaultStrategy(spec.updateStrategy ?? {})));
}

function withTemplateGeneration(set: DaemonSet, generation: number): DaemonSet {
  const annotations = { ...set.metadata?.annotations, [TEMPLATE_GENERATION]: String(generation) };
  return equalValues(annotations, set.metadata?.annotations) ? set : { ...set, metadata: { ...set.metadata, annotations } };
}

function prepareForUpdate(set: DaemonSet, old: DaemonSet): DaemonSet {
  const before = Number(old.metadata?.annotations?.[TEMPLATE_GENERATION] ?? 0);
  return withTemplateGeneration(set, equalValues(set.spec?.template, old.spec?.template) ? before : before + 1);
}

function validateStrategy(errors: FieldErrors, strategy: DaemonSetUpdateStrategy, field: string): void {
  if (strategy.type === 'OnDelete') return;
  if (strategy.type !== 'RollingUpdate') {
    errors.push(unsupportedField(field, goShape(SHAPES, 'Strategy', strategy), ['RollingUpdate', 'OnDelete']));
    return;
  }
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {};
  if (!strategy.rollingUpdate) errors.push(requiredField(`${field}.rollingUpdate`));
  validateIntOrPercent(errors, maxUnavailable, `${field}.rollingUpdate.maxUnavailable`);
  validateIntOrPercent(errors, maxSurge, `${field}.rollingUpdate.maxSurge`);
  validateAtMostAll(errors, maxUnavailable, `${field}.rollingUpdate.maxUnavailable`);
  validateAtMostAll(errors, maxSurge, `${field}.rollingUpdate.maxSurge`);
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(requiredField(`${field}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  } else if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    errors.push(invalidField(`${field}.rollingUpdate.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  }
}

function validate({ spec }: DaemonSet): FieldErrors {
  const errors: FieldErrors = [];
  const { selector, template } = spec ?? ({} as DaemonSetSpec);
  validateSelector(errors, selector, 'spec.selector');
  const labels = template?.metadata?.labels;
  const compiled = compiledSelector(selector);
  if (compiled && !compiled.matches(labels)) {
    errors.push(invalidField('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  if (selector && isEmptySelector(selector))
    errors.push(invalidField('spec.selector', selector, 'empty selector is invalid for daemonset'));
  validateTemplate(errors, template ?? {}, 'spec.template');
  const policy = template?.spec?.restartPolicy;
  if (policy && policy !== 'Always') errors.push(unsupportedField('spec.template.spec.restartPolicy', policy, ['Always']));
  if (template?.spec?.activeDeadlineSeconds !== undefined) {
    errors.push(forbiddenField('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in DaemonSet is not Supported'));
  }
  checkNotNegative(errors, 'spec.minReadySeconds', spec?.minReadySeconds);
  validateStrategy(errors, spec?.updateStrategy ?? {}, 'spec.updateStrategy');
  checkNotNegative(errors, 'spec.revisionHistoryLimit', spec?.revisionHistoryLimit);
  return errors;
}

function validateUpdate(set: DaemonSet, old: DaemonSet): FieldErrors {
  if (set.spec === old.spec) return [];
  const errors = validate(set);
  validateImmutableSelector(errors, set.spec?.selector, old.spec?.selector);
  return errors;
}

export const daemonSetBehaviour: KindBehaviour<DaemonSet> = {
  kind: DAEMON_SETS,
  defaults,
  counted: true,
  initialStatus: () => ({ currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }),
  prepareForCreate: (set) => withTemplateGeneration(set, 1),
  prepareForUpdate,
  validate,
  validateUpdate,
  warnings: (set, old) => [
    ...(old ? [] : nameWarnings(set.metadata?.name)),
    ...templateWarnings(set.spec?.template, old?.spec?.template, 'spec.template'),
  ],
  row: (set, context) =>
    row(
      set.metadata?.name ?? '',
      set.status?.desiredNumberScheduled ?? 0,
      set.status?.currentNumberScheduled ?? 0,
      set.status?.numberReady ?? 0,
      set.status?.updatedNumberScheduled ?? 0,
      set.status?.numberAvailable ?? 0,
      formatLabels(set.spec?.template?.spec?.nodeSelector),
      ageOf(set, context),
      ...containerCells(set.spec?.template?.spec),
      formatLabelSelector(set.spec?.selector),
    ),
};
