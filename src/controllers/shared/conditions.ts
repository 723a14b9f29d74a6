/** What all conditions of workloads have. */
export interface ConditionLike {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: unknown;
}

export function findCondition<C extends ConditionLike>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Without the condition of a type. */
export function withoutCondition<C extends ConditionLike>(conditions: readonly C[] | undefined, type: string): C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

/**
 * With `condition` instead of what had its type, at the end; unchanged when status and reason are
 * the same (deployment_util.go SetDeploymentCondition). The time of transition stays while the status does.
 */
export function withCondition<C extends ConditionLike>(conditions: readonly C[] | undefined, condition: C): C[] {
  const present = findCondition(conditions, condition.type);
  if (present && present.status === condition.status && present.reason === condition.reason) return [...conditions!];
  const kept = present?.status === condition.status ? { ...condition, lastTransitionTime: present.lastTransitionTime } : condition;
  return [...withoutCondition(conditions, condition.type), kept];
}
