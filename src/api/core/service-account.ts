import { SERVICE_ACCOUNTS } from '../kinds.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { ServiceAccount } from 'kubernetes-types/core/v1';

export const serviceAccountBehaviour: KindBehaviour<ServiceAccount> = {
  kind: SERVICE_ACCOUNTS,
  returnsDeleted: true,
  row: (account, context) => row(account.metadata?.name ?? '', ageOf(account, context)),
};
