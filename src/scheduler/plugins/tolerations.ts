import type { Pod } from '../../api/kinds.ts';

type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** v1 helper ToleratesTaint for any of the tolerations. */
export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  if (!tolerations) return false;
  for (const toleration of tolerations) {
    if (toleration.effect && toleration.effect !== taint.effect) continue;
    if (toleration.key && toleration.key !== taint.key) continue;
    const operator = toleration.operator || 'Equal';
    if (operator === 'Exists' || (operator === 'Equal' && (toleration.value ?? '') === (taint.value ?? ''))) return true;
  }
  return false;
}
