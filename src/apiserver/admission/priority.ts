import { forbidden } from '../../api/status.ts';
import type { AdmissionPlugin } from '../admission.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Lookup } from './lookup.ts';

const CLASSES = 'priorityclasses.scheduling.k8s.io';

/** Turns a pod's priority class into its priority (plugin/priority). */
export function priority(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'Priority',
    resources: ['pods'],
    operations: ['CREATE', 'UPDATE'],
    mutate(request) {
      if (request.subresource !== '') return;
      const pod = request.object!;
      if (request.operation === 'UPDATE') {
        request.object = keepPriority(pod, request.old!);
        return;
      }
      const chosen = priorityOf(pod, lookup);
      const spec = { ...pod.spec, ...chosen };
      if (!pod.spec.preemptionPolicy) spec.preemptionPolicy = chosen.preemptionPolicy;
      request.object = { ...pod, spec };
      if (pod.spec.priority !== undefined && pod.spec.priority !== chosen.priority) {
        throw forbidden(
          request.resource,
          pod.metadata?.name ?? '',
          `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${chosen.priority} from the given PriorityClass name`,
        );
      }
    },
  };

  function priorityOf(pod: KubeObject, at: Lookup): { priorityClassName?: string; priority: number; preemptionPolicy: string } {
    const name = pod.spec?.priorityClassName as string | undefined;
    if (name) {
      const found = at.get(CLASSES, '', name);
      if (!found)
        throw forbidden({ group: '', resource: 'pods' }, pod.metadata?.name ?? '', `no PriorityClass with name ${name} was found`);
      return {
        priorityClassName: name,
        priority: found.value as number,
        preemptionPolicy: (found.preemptionPolicy as string) ?? 'PreemptLowerPriority',
      };
    }
    const fallback = globalDefault(at);
    if (!fallback) return { priority: 0, preemptionPolicy: 'PreemptLowerPriority' };
    return {
      priorityClassName: fallback.metadata!.name!,
      priority: fallback.value as number,
      preemptionPolicy: (fallback.preemptionPolicy as string) ?? 'PreemptLowerPriority',
    };
  }
}

/** What was computed when the pod was made stays where an update leaves it out. */
function keepPriority(pod: KubeObject, old: KubeObject): KubeObject {
  const priority = pod.spec?.priority ?? old.spec?.priority;
  const preemptionPolicy = pod.spec?.preemptionPolicy ?? old.spec?.preemptionPolicy;
  if (priority === pod.spec?.priority && preemptionPolicy === pod.spec?.preemptionPolicy) return pod;
  return {
    ...pod,
    spec: { ...pod.spec, ...(priority !== undefined && { priority }), ...(preemptionPolicy !== undefined && { preemptionPolicy }) },
  };
}

/** The default class with the lowest value, should there be several. */
function globalDefault(lookup: Lookup): KubeObject | undefined {
  let chosen: KubeObject | undefined;
  for (const found of lookup.list(CLASSES)) if (found.globalDefault && (!chosen || found.value < chosen.value)) chosen = found;
  return chosen;
}
