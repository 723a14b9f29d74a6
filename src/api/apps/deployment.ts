import { defaultTemplate } from '../core/pod/pod-defaults.ts';
import { DEPLOYMENTS } from '../kinds.ts';
import { formatLabelSelector } from '../labels.ts';
import { checkNotNegative, forbiddenField, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { withDefaults, withField } from '../share.ts';
import { ageOf, containerCells, row } from '../table.ts';
import {
  nameWarnings,
  isZero,
  validateAtMostAll,
  validateCounts,
  validateImmutableSelector,
  validateIntOrPercent,
  validateSelectedTemplate,
} from './validate-workload.ts';
import { templateWarnings } from '../core/pod/pod-warnings.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Deployment, DeploymentSpec, DeploymentStrategy } from 'kubernetes-types/apps/v1';

const SPEC: Partial<DeploymentSpec> = { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 };
const ROLLING = { maxUnavailable: '25%', maxSurge: '25%' };

function defaultStrategy(given: DeploymentStrategy): DeploymentStrategy {
  const strategy = given.type ? given : { ...given, type: 'RollingUpdate' };
  if (strategy.type !== 'RollingUpdate') return strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(strategy.rollingUpdate ?? {}, ROLLING));
}

function defaults(deployment: Deployment): Deployment {
  let spec = withDefaults(deployment.spec ?? ({} as DeploymentSpec), SPEC);
  spec = withField(spec, 'template', defaultTemplate(spec.template));
  return withField(deployment, 'spec', withField(spec, 'strategy', defaultStrategy(spec.strategy ?? {})));
}

function validateStrategy(errors: FieldErrors, strategy: DeploymentStrategy, field: string): void {
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    if (rollingUpdate) errors.push(forbiddenField(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'"));
    return;
  }
  if (type !== 'RollingUpdate') {
    errors.push(unsupportedField(field, { Type: type ?? '', RollingUpdate: shownRolling(rollingUpdate) }, ['Recreate', 'RollingUpdate']));
    return;
  }
  if (!rollingUpdate) {
    errors.push(requiredField(`${field}.rollingUpdate`, 'this should be defaulted and never be nil'));
    return;
  }
  const { maxUnavailable, maxSurge } = rollingUpdate;
  validateIntOrPercent(errors, maxUnavailable, `${field}.rollingUpdate.maxUnavailable`);
  validateIntOrPercent(errors, maxSurge, `${field}.rollingUpdate.maxSurge`);
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(invalidField(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  validateAtMostAll(errors, maxUnavailable, `${field}.rollingUpdate.maxUnavailable`);
}

const shownRolling = (rolling: DeploymentStrategy['rollingUpdate']) =>
  rolling ? { MaxUnavailable: rolling.maxUnavailable ?? 0, MaxSurge: rolling.maxSurge ?? 0 } : null;

function validate({ spec }: Deployment): FieldErrors {
  const errors: FieldErrors = [];
  checkNotNegative(errors, 'spec.replicas', spec?.replicas);
  validateSelectedTemplate(errors, spec?.selector, spec?.template, 'deployment', 'ReplicaSet');
  validateStrategy(errors, spec?.strategy ?? {}, 'spec.strategy');
  checkNotNegative(errors, 'spec.minReadySeconds', spec?.minReadySeconds);
  checkNotNegative(errors, 'spec.revisionHistoryLimit', spec?.revisionHistoryLimit);
  const deadline = spec?.progressDeadlineSeconds;
  if (typeof deadline === 'number') {
    checkNotNegative(errors, 'spec.progressDeadlineSeconds', deadline);
    if (deadline <= (spec?.minReadySeconds ?? 0)) {
      errors.push(invalidField('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
    }
  }
  return errors;
}

function validateUpdate(deployment: Deployment, old: Deployment): FieldErrors {
  if (deployment.spec === old.spec) return [];
  const errors = validate(deployment);
  validateImmutableSelector(errors, deployment.spec?.selector, old.spec?.selector);
  return errors;
}

export const deploymentBehaviour: KindBehaviour<Deployment> = {
  kind: DEPLOYMENTS,
  defaults,
  counted: true,
  countsMetadata: 'annotations',
  initialStatus: () => ({}),
  validate,
  validateUpdate,
  validateStatusUpdate: ({ status }) => validateCounts(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas']),
  warnings: (deployment, old) => [
    ...(old ? [] : nameWarnings(deployment.metadata?.name)),
    ...templateWarnings(deployment.spec?.template, old?.spec?.template, 'spec.template'),
  ],
  row: (deployment, context) =>
    row(
      deployment.metadata?.name ?? '',
      `${deployment.status?.readyReplicas ?? 0}/${deployment.spec?.replicas ?? 0}`,
      deployment.status?.updatedReplicas ?? 0,
      deployment.status?.availableReplicas ?? 0,
      ageOf(deployment, context),
      ...containerCells(deployment.spec?.template?.spec),
      formatLabelSelector(deployment.spec?.selector),
    ),
};
