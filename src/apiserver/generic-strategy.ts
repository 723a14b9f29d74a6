import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Strategy } from './strategy.ts';
import { deepEqual } from './equal.ts';

const NO_ERRORS = [] as const;
const NO_FIELDS = {};

/** The strategy of a kind about which nothing particular is known. */
export function genericStrategy(kind: Kind): Strategy {
  const hasStatus = 'status' in kind.subresources;
  const isPod = kind.resource === 'pods' && kind.group === '';
  return {
    defaults: (object) => object,
    prepareForCreate(object) {
      if (isPod) return { ...object, metadata: { ...object.metadata, generation: 1 }, status: { phase: 'Pending', qosClass: 'BestEffort' } };
      const { status: _dropped, ...rest } = object;
      const created: KubeObject = hasStatus ? rest : object;
      return created.spec && hasStatus ? { ...created, metadata: { ...created.metadata, generation: 1 } } : created;
    },
    prepareForUpdate(object, old) {
      const kept: KubeObject = hasStatus && object.status !== old.status ? { ...object, status: old.status } : object;
      if (hasStatus && old.status === undefined) delete kept.status;
      const generation = old.metadata?.generation;
      if (generation === undefined) return kept;
      const counted = deepEqual(kept.spec, old.spec) ? generation : generation + 1;
      return kept.metadata?.generation === counted ? kept : { ...kept, metadata: { ...kept.metadata, generation: counted } };
    },
    prepareForStatusUpdate(object, old) {
      return { ...old, metadata: { ...object.metadata, generation: old.metadata?.generation }, status: object.status };
    },
    validate: () => NO_ERRORS,
    validateUpdate: () => NO_ERRORS,
    warnings: () => NO_ERRORS,
    gracePeriodSeconds: isPod ? podGrace : () => undefined,
    defaultPropagation: kind.resource === 'jobs' || (kind.resource === 'replicationcontrollers' && kind.group === '') ? 'Orphan' : 'Background',
    returnsDeleted: RETURN_DELETED.has(kind.resource),
    allowsCreateOnUpdate: CREATE_ON_UPDATE.has(kind.resource),
    allowsUnconditionalUpdate: true,
    fields: isPod ? podFields : () => NO_FIELDS,
    fieldNames: isPod ? POD_FIELDS : [],
    indexedFields: isPod ? { 'spec.nodeName': (pod: KubeObject) => pod.spec?.nodeName ?? '' } : {},
  };
}

const RETURN_DELETED = new Set(['pods', 'services', 'persistentvolumeclaims', 'persistentvolumes']);
const CREATE_ON_UPDATE = new Set(['endpoints', 'events', 'leases', 'limitranges', 'services', 'roles', 'rolebindings', 'clusterroles', 'clusterrolebindings']);
const POD_FIELDS = ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.nominatedNodeName'];

function podFields(pod: KubeObject): Record<string, string> {
  return {
    'spec.nodeName': pod.spec?.nodeName ?? '',
    'spec.restartPolicy': pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec?.hostNetwork ?? false),
    'status.phase': pod.status?.phase ?? '',
    'status.podIP': pod.status?.podIP ?? '',
    'status.nominatedNodeName': pod.status?.nominatedNodeName ?? '',
  };
}

/** registry/core/pod/strategy.go CheckGracefulDelete: no grace for pods that run nowhere. */
function podGrace(pod: KubeObject, asked: number | undefined): number {
  let period = asked ?? pod.spec?.terminationGracePeriodSeconds ?? 0;
  const phase = pod.status?.phase;
  if (!pod.spec?.nodeName || phase === 'Failed' || phase === 'Succeeded') period = 0;
  return period < 0 ? 1 : period;
}
