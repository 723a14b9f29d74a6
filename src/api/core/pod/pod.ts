import { rfc3339 } from '../../../base/time.ts';
import { PODS } from '../../kinds.ts';
import { withField, withFieldOf } from '../../share.ts';
import { defaultPod } from './pod-defaults.ts';
import { podRow } from './pod-row.ts';
import { qosClassOf } from './qos.ts';
import type { KindBehaviour, WriteContext } from '../../behaviour.ts';
import type { Pod, PodCondition, PodStatus } from 'kubernetes-types/core/v1';

function gatedCondition({ nowMs }: WriteContext): PodCondition {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null as never,
    lastTransitionTime: rfc3339(nowMs),
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
}

function initialStatus(pod: Pod, context: WriteContext): PodStatus {
  const qosClass = pod.spec ? qosClassOf(pod.spec) : 'BestEffort';
  if (!pod.spec?.schedulingGates?.length) return { phase: 'Pending', qosClass };
  return { phase: 'Pending', conditions: [gatedCondition(context)], qosClass };
}

/** What runs nowhere or is over needs no time to stop (registry/core/pod/strategy.go CheckGracefulDelete). */
function gracePeriodSeconds(pod: Pod, asked: number | undefined): number {
  const phase = pod.status?.phase;
  if (!pod.spec?.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
  const period = asked ?? pod.spec.terminationGracePeriodSeconds ?? 0;
  return period < 0 ? 1 : period;
}

/** Kubelets may not change who owns a pod, nor forget its quality of service. */
function prepareForStatusUpdate(pod: Pod, old: Pod): Pod {
  let next = withField(pod, 'metadata', withFieldOf(pod.metadata ?? {}, 'ownerReferences', old.metadata ?? {}));
  if (next.status && !next.status.qosClass && old.status?.qosClass) next = { ...next, status: { ...next.status, qosClass: old.status.qosClass } };
  return next;
}

export const podBehaviour: KindBehaviour<Pod> = {
  kind: PODS,
  defaults: defaultPod,
  counted: true,
  initialStatus,
  prepareForStatusUpdate,
  selectableFields: {
    'spec.nodeName': (pod) => pod.spec?.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec?.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase ?? '',
    'status.podIP': (pod) => pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? '',
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
  },
  indexedFields: ['spec.nodeName'],
  gracePeriodSeconds,
  returnsDeleted: true,
  row: podRow,
};
