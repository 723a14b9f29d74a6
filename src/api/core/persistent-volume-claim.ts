import { quote } from '../../base/quote.ts';
import { equalValues } from '../equal.ts';
import { forbiddenField, IMMUTABLE, invalidField, type FieldErrors } from '../field-errors.ts';
import { PERSISTENT_VOLUME_CLAIMS } from '../kinds.ts';
import { compareQuantities, parseQuantity } from '../quantity.ts';
import { withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { unifiedDifference } from '../text-difference.ts';
import { defaultClaimSpec } from './persistent-volume-claim-defaults.ts';
import { accessModesText, storageClassOf } from './persistent-volume.ts';
import { validateClaimTemplateSpec } from './validate-claim-spec.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from 'kubernetes-types/core/v1';

type Spec = PersistentVolumeClaimSpec & { volumeAttributesClassName?: string };

function validate({ spec }: PersistentVolumeClaim): FieldErrors {
  const errors: FieldErrors = [];
  validateClaimTemplateSpec(errors, spec, 'spec');
  return errors;
}

/** The new spec with everything that may change put back. */
function masked(spec: Spec, old: Spec, bound: boolean): Spec {
  const next: Spec = { ...spec };
  if (!old.volumeName) next.volumeName = old.volumeName as string;
  if (old.storageClassName === undefined && spec.storageClassName !== undefined) delete next.storageClassName;
  if (!bound) return next;
  const storage = old.resources?.requests?.['storage'];
  if (next.resources?.requests && storage !== undefined)
    next.resources = { ...next.resources, requests: { ...next.resources.requests, storage } };
  if (next.volumeAttributesClassName !== undefined) next.volumeAttributesClassName = old.volumeAttributesClassName as string;
  return next;
}

const shown = (spec: Spec) => JSON.stringify(spec, null, 1);

function validateUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldErrors {
  if (claim.spec === old.spec || !claim.spec || !old.spec) return [];
  const errors = validate(claim);
  const rest = masked(claim.spec, old.spec, claim.status?.phase === 'Bound');
  if (!equalValues(rest, old.spec)) {
    const why = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.push(forbiddenField('spec', `${why}\n${unifiedDifference(shown(old.spec), shown(rest))}`));
  }
  const size = claim.spec.resources?.requests?.['storage'];
  const before = old.spec.resources?.requests?.['storage'];
  if (size !== undefined && before !== undefined && compareQuantities(size, before) < 0) {
    const given = old.status?.capacity?.['storage'] ?? '0';
    if (compareQuantities(size, given) <= 0)
      errors.push(forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  if (claim.spec.volumeMode !== old.spec.volumeMode) errors.push(invalidField('volumeMode', claim.spec.volumeMode, IMMUTABLE));
  return errors;
}

function warnings({ spec }: PersistentVolumeClaim, old: PersistentVolumeClaim | undefined): readonly string[] {
  const storage = spec?.resources?.requests?.['storage'];
  if (spec === old?.spec || storage === undefined || parseQuantity(storage).millis % 1000 === 0) return [];
  return [`spec.resources.requests[storage]: fractional byte value ${quote(storage)} is invalid, must be an integer`];
}

export const persistentVolumeClaimBehaviour: KindBehaviour<PersistentVolumeClaim> = {
  kind: PERSISTENT_VOLUME_CLAIMS,
  defaults: (claim) => withField(claim, 'spec', defaultClaimSpec(claim.spec)),
  initialStatus: () => ({ phase: 'Pending' }),
  returnsDeleted: true,
  validate,
  validateUpdate,
  warnings,
  selectableFields: { name: ({ metadata }) => metadata?.name ?? '' },
  row: (claim, context) => {
    const { spec, status } = claim;
    const bound = Boolean(spec?.volumeName);
    return row(
      claim.metadata?.name ?? '',
      claim.metadata?.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
      spec?.volumeName ?? '',
      bound ? (status?.capacity?.['storage'] ?? '0') : '',
      bound ? accessModesText(status?.accessModes) : '',
      storageClassOf(claim),
      (spec as Spec | undefined)?.volumeAttributesClassName ?? '<unset>',
      ageOf(claim, context),
      spec?.volumeMode ?? '<unset>',
    );
  },
};
