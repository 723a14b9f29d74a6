import { LEASES } from '../kinds.ts';
import { invalidField, type FieldErrors } from '../field-errors.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Lease } from 'kubernetes-types/coordination/v1';

function validate({ spec }: Lease): FieldErrors {
  const errors: FieldErrors = [];
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = spec ?? {};
  if (typeof seconds === 'number' && seconds <= 0)
    errors.push(invalidField('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  if (typeof transitions === 'number' && transitions < 0) {
    errors.push(invalidField('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'));
  }
  return errors;
}

export const leaseBehaviour: KindBehaviour<Lease> = {
  kind: LEASES,
  defaults: (lease) => (lease.spec ? lease : { ...lease, spec: {} }),
  validate,
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: false,
  row: (lease, context) => row(lease.metadata?.name ?? '', lease.spec?.holderIdentity ?? '', ageOf(lease, context)),
};
