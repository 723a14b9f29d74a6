import { LEASES } from '../kinds.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Lease } from 'kubernetes-types/coordination/v1';

export const leaseBehaviour: KindBehaviour<Lease> = {
  kind: LEASES,
  defaults: (lease) => (lease.spec ? lease : { ...lease, spec: {} }),
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: false,
  row: (lease, context) => row(lease.metadata?.name ?? '', lease.spec?.holderIdentity ?? '', ageOf(lease, context)),
};
