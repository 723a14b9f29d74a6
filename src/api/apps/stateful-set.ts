import { equalValues } from '../equal.ts';
import {
  addProblems,
  checkNotNegative,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../field-errors.ts';
import { goShape, type Shapes } from '../go-shape.ts';
import { STATEFUL_SETS } from '../kinds.ts';
import { isDns1123Label } from '../names.ts';
import { changeItems, withDefaults, withField } from '../share.ts';
import { ageOf, containerCells, row } from '../table.ts';
import { defaultClaimSpec } from '../core/persistent-volume-claim-defaults.ts';
import { defaultTemplate } from '../core/pod/pod-defaults.ts';
import { templateWarnings } from '../core/pod/pod-warnings.ts';
import { nameWarnings, validateCounts, validateIntOrPercent, validateSelectedTemplate } from './validate-workload.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy } from 'kubernetes-types/apps/v1';
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1';

const SHAPES: Shapes = { Strategy: 'Type RollingUpdate*Rolling', Rolling: 'Partition# MaxUnavailable*' };
const SPEC: Partial<StatefulSetSpec> = { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10 };
const RETENTION = { whenDeleted: 'Retain', whenScaled: 'Retain' };

function defaultStrategy(given: StatefulSetUpdateStrategy): StatefulSetUpdateStrategy {
  const strategy = given.type ? given : { ...given, type: 'RollingUpdate' };
  if (strategy.type !== 'RollingUpdate') return strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(strategy.rollingUpdate ?? {}, { partition: 0 }));
}

function defaultClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const named = withDefaults(claim, { kind: 'PersistentVolumeClaim', apiVersion: 'v1', status: {} });
  const full = withField(named, 'spec', defaultClaimSpec(named.spec));
  return withField(full, 'status', withDefaults(full.status ?? {}, { phase: 'Pending' }));
}

function defaults(set: StatefulSet): StatefulSet {
  let spec = withDefaults(set.spec ?? ({} as StatefulSetSpec), SPEC);
  spec = withField(spec, 'template', defaultTemplate(spec.template));
  spec = changeItems(spec, 'volumeClaimTemplates', defaultClaim);
  spec = withField(spec, 'updateStrategy', defaultStrategy(spec.updateStrategy ?? {}));
  const retention = withDefaults(spec.persistentVolumeClaimRetentionPolicy ?? {}, RETENTION);
  return withField(set, 'spec', withField(spec, 'persistentVolumeClaimRetentionPolicy', retention));
}

function validateStrategy(errors: FieldErrors, strategy: StatefulSetUpdateStrategy, field: string): void {
  if (strategy.type === 'OnDelete') {
    if (!strategy.rollingUpdate) return;
    const shown = goShape(SHAPES, 'Rolling', strategy.rollingUpdate);
    errors.push(invalidField(`${field}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'"));
  } else if (strategy.type === 'RollingUpdate') {
    checkNotNegative(errors, `${field}.rollingUpdate.partition`, strategy.rollingUpdate?.partition);
    const { maxUnavailable } = strategy.rollingUpdate ?? {};
    if (maxUnavailable !== undefined) validateIntOrPercent(errors, maxUnavailable, `${field}.rollingUpdate.maxUnavailable`);
  } else errors.push(invalidField(field, goShape(SHAPES, 'Strategy', strategy), "must be 'RollingUpdate' or 'OnDelete'"));
}

function validate({ spec }: StatefulSet): FieldErrors {
  const errors: FieldErrors = [];
  const {
    podManagementPolicy: policy,
    persistentVolumeClaimRetentionPolicy: retention,
    ordinals,
    serviceName,
  } = spec ?? ({} as StatefulSetSpec);
  if (!policy) errors.push(requiredField('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalidField('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  validateStrategy(errors, spec?.updateStrategy ?? {}, 'spec.updateStrategy');
  for (const part of ['whenDeleted', 'whenScaled'] as const) {
    const value = retention?.[part];
    if (value && value !== 'Retain' && value !== 'Delete') {
      errors.push(unsupportedField(`spec.persistentVolumeClaimRetentionPolicy.${part}`, value, ['Retain', 'Delete']));
    }
  }
  checkNotNegative(errors, 'spec.replicas', spec?.replicas);
  checkNotNegative(errors, 'spec.minReadySeconds', spec?.minReadySeconds);
  checkNotNegative(errors, 'spec.ordinals.start', ordinals?.start);
  validateSelectedTemplate(errors, spec?.selector, spec?.template, 'statefulset', 'StatefulSet');
  if (serviceName) addProblems(errors, 'spec.serviceName', serviceName, isDns1123Label(serviceName));
  checkNotNegative(errors, 'spec.revisionHistoryLimit', spec?.revisionHistoryLimit);
  return errors;
}

const CHANGEABLE: readonly (keyof StatefulSetSpec)[] = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

function validateUpdate(set: StatefulSet, old: StatefulSet): FieldErrors {
  if (set.spec === old.spec || !set.spec || !old.spec) return [];
  const errors = validate(set);
  const masked = { ...set.spec };
  for (const part of CHANGEABLE) (masked as Record<string, unknown>)[part] = old.spec[part];
  if (!equalValues(masked, old.spec)) {
    errors.push(
      forbiddenField(
        'spec',
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ),
    );
  }
  return errors;
}

export const statefulSetBehaviour: KindBehaviour<StatefulSet> = {
  kind: STATEFUL_SETS,
  defaults,
  counted: true,
  initialStatus: () => ({ replicas: 0, availableReplicas: 0 }),
  validate,
  validateUpdate,
  validateStatusUpdate: ({ status }) => validateCounts(status, ['readyReplicas', 'availableReplicas']),
  warnings: (set, old) => [
    ...(old ? [] : nameWarnings(set.metadata?.name)),
    ...templateWarnings(set.spec?.template, old?.spec?.template, 'spec.template'),
  ],
  row: (set, context) =>
    row(
      set.metadata?.name ?? '',
      `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 0}`,
      ageOf(set, context),
      ...containerCells(set.spec?.template?.spec),
    ),
};
