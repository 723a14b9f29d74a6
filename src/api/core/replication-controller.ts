import { REPLICATION_CONTROLLERS } from '../kinds.ts';
import { formatLabels, selectorFromMap } from '../labels.ts';
import { checkNotNegative, requiredField, type FieldErrors } from '../field-errors.ts';
import { withDefaults, withField } from '../share.ts';
import { nameWarnings, validateCounts, validateLastingTemplate } from '../apps/validate-workload.ts';
import { ageOf, containerCells, row } from '../table.ts';
import { defaultTemplate } from './pod/pod-defaults.ts';
import { templateWarnings } from './pod/pod-warnings.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { ReplicationController, ReplicationControllerSpec } from 'kubernetes-types/core/v1';

const isEmpty = (map: object | undefined) => !map || Object.keys(map).length === 0;

/** Selector and labels that are missing are the template's (pkg/apis/core/v1/defaults.go). */
function defaults(controller: ReplicationController): ReplicationController {
  const given = controller.spec ?? ({} as ReplicationControllerSpec);
  let spec = withDefaults(given, { replicas: 1 });
  if (given.template) spec = withField(spec, 'template', defaultTemplate(given.template));
  let next = controller;
  const labels = given.template?.metadata?.labels;
  if (labels) {
    if (isEmpty(spec.selector)) spec = withField(spec, 'selector', labels);
    if (isEmpty(controller.metadata?.labels)) next = { ...next, metadata: { ...next.metadata, labels } };
  }
  return withField(next, 'spec', spec);
}

function validate({ spec }: ReplicationController): FieldErrors {
  const errors: FieldErrors = [];
  const selector = selectorFromMap(spec?.selector);
  checkNotNegative(errors, 'spec.minReadySeconds', spec?.minReadySeconds);
  if (selector.empty) errors.push(requiredField('spec.selector'));
  checkNotNegative(errors, 'spec.replicas', spec?.replicas);
  if (!spec?.template) errors.push(requiredField('spec.template'));
  else validateLastingTemplate(errors, spec.template, selector, 'spec.template', 'ReplicationController');
  return errors;
}

export const replicationControllerBehaviour: KindBehaviour<ReplicationController> = {
  kind: REPLICATION_CONTROLLERS,
  defaults,
  counted: true,
  initialStatus: () => ({ replicas: 0 }),
  validate,
  validateUpdate: (controller, old) => (controller.spec === old.spec ? [] : validate(controller)),
  validateStatusUpdate: ({ status }) => validateCounts(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']),
  warnings: (controller, old) => [
    ...(old ? [] : nameWarnings(controller.metadata?.name)),
    ...templateWarnings(controller.spec?.template, old?.spec?.template, 'spec.template'),
  ],
  defaultPropagation: 'Orphan',
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  row: (controller, context) =>
    row(
      controller.metadata?.name ?? '',
      controller.spec?.replicas ?? 0,
      controller.status?.replicas ?? 0,
      controller.status?.readyReplicas ?? 0,
      ageOf(controller, context),
      ...containerCells(controller.spec?.template?.spec),
      formatLabels(controller.spec?.selector),
    ),
};
