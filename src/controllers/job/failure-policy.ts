import type { Job, Pod } from '../../api/kinds.ts';

interface Rule {
  action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  onExitCodes?: { containerName?: string; operator: 'In' | 'NotIn'; values: number[] };
  onPodConditions?: { type: string; status?: string }[];
}

export interface PolicyVerdict {
  readonly action: Rule['action'];
  readonly message: string;
}

/** What a job's podFailurePolicy says of a failed pod: the first rule that matches (pod_failure_policy.go). */
export function failurePolicyVerdict(job: Job, pod: Pod): PolicyVerdict | undefined {
  const rules = (job.spec as { podFailurePolicy?: { rules?: Rule[] } } | undefined)?.podFailurePolicy?.rules ?? [];
  for (const [index, rule] of rules.entries()) {
    const because = matches(rule, pod);
    if (because) return { action: rule.action, message: `${because} matching ${rule.action} rule at index ${index}` };
  }
  return undefined;
}

function matches(rule: Rule, pod: Pod): string | undefined {
  const { namespace, name } = pod.metadata ?? {};
  const { onExitCodes, onPodConditions = [] } = rule;
  if (onExitCodes) {
    for (const status of [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]) {
      if (onExitCodes.containerName && onExitCodes.containerName !== status.name) continue;
      const code = status.state?.terminated?.exitCode;
      if (code === undefined || code === 0) continue;
      if (onExitCodes.values.includes(code) === (onExitCodes.operator === 'In')) {
        return `Container ${status.name} for pod ${namespace}/${name} failed with exit code ${code}`;
      }
    }
  }
  for (const pattern of onPodConditions) {
    const condition = pod.status?.conditions?.find((each) => each.type === pattern.type && each.status === (pattern.status ?? 'True'));
    if (condition) return `Pod ${namespace}/${name} has condition ${condition.type}`;
  }
  return undefined;
}
