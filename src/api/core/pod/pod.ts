import { rfc3339 } from '../../../base/time.ts';
import { PODS } from '../../kinds.ts';
import { equalValues } from '../../equal.ts';
import { changeField, changeItems, mapShared, withField, withFieldOf } from '../../share.ts';
import { defaultPod } from './pod-defaults.ts';
import { podRow } from './pod-row.ts';
import { podWarnings } from './pod-warnings.ts';
import { qosClassOf } from './qos.ts';
import { validateEphemeralUpdate, validatePod, validatePodResize, validatePodStatusUpdate, validatePodUpdate } from './validate-pod.ts';
import type { KindBehaviour, Subresource, WriteContext } from '../../behaviour.ts';
import type { Container, Pod, PodCondition, PodSpec, PodStatus } from 'kubernetes-types/core/v1';

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

/** Of a resize only resources count, of new ephemeral containers only these. */
function prepareForSubresource(pod: Pod, old: Pod, subresource: Subresource): Pod {
  const spec = pod.spec as PodSpec;
  const before = old.spec as PodSpec;
  let next: PodSpec = before;
  if (subresource === 'resize') {
    next = withField(next, 'containers', resized(spec.containers, before.containers) as Container[]);
    if (before.initContainers) next = withField(next, 'initContainers', resized(spec.initContainers, before.initContainers) as Container[]);
  } else if (subresource === 'ephemeralcontainers') next = withFieldOf(next, 'ephemeralContainers', spec);
  return withField(withFieldOf(pod, 'status', old), 'spec', next);
}

function resized(containers: readonly Container[] | undefined, old: readonly Container[]): readonly Container[] {
  return mapShared(old, (container) => {
    const now = containers?.find(({ name }) => name === container.name);
    if (!now) return container;
    const changed = equalValues(now.resources, container.resources) ? container : withField(container, 'resources', now.resources as never);
    return withFieldOf(changed, 'resizePolicy' as never, now);
  });
}

/** Kubelets may not change who owns a pod, nor forget its quality of service. */
function prepareForStatusUpdate(pod: Pod, old: Pod): Pod {
  let next = withField(pod, 'metadata', withFieldOf(pod.metadata ?? {}, 'ownerReferences', old.metadata ?? {}));
  if (next.status && !next.status.qosClass && old.status?.qosClass)
    next = { ...next, status: { ...next.status, qosClass: old.status.qosClass } };
  return next;
}

const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

/** Profiles that old annotations ask for, as the fields that have taken their place. */
function withAppArmor(pod: Pod): Pod {
  const annotations = pod.metadata?.annotations;
  if (!annotations || !Object.keys(annotations).some((key) => key.startsWith(APP_ARMOR_PREFIX))) return pod;
  const apply = (container: Container): Container => {
    const profile = annotations[APP_ARMOR_PREFIX + container.name];
    const context = container.securityContext as Record<string, unknown> | undefined;
    if (profile === undefined || context?.['appArmorProfile']) return container;
    const known: Record<string, object> = { unconfined: { type: 'Unconfined' }, 'runtime/default': { type: 'RuntimeDefault' } };
    const local = profile.startsWith('localhost/')
      ? { type: 'Localhost', localhostProfile: profile.slice('localhost/'.length) }
      : undefined;
    const appArmorProfile = known[profile] ?? local;
    return appArmorProfile ? { ...container, securityContext: { ...context, appArmorProfile } as never } : container;
  };
  return changeField(pod, 'spec', (spec) => changeItems(changeItems(spec, 'containers', apply), 'initContainers', apply));
}

export const podBehaviour: KindBehaviour<Pod> = {
  kind: PODS,
  defaults: defaultPod,
  counted: true,
  initialStatus,
  prepareForCreate: withAppArmor,
  prepareForStatusUpdate,
  prepareForSubresource,
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  validateSubresource: (pod, old, subresource) =>
    subresource === 'resize' ? validatePodResize(pod, old) : validateEphemeralUpdate(pod, old),
  warnings: podWarnings,
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
