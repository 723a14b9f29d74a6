import columnFacts from '../api/facts/columns.json' with { type: 'json' };
import { deepEqual } from '../base/equal.ts';
import type { Behaviour, TableColumn } from '../api/behaviour.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';

const NO_ERRORS = [] as const;

/** The behaviour of a kind about which nothing particular is known. */
export function genericBehaviour(kind: Kind): Behaviour {
  const hasStatus = 'status' in kind.subresources;
  const isPod = kind.resource === 'pods' && kind.group === '';
  return {
    kind,
    hasStatus,
    defaults: (object) => object,
    prepareForCreate(object: KubeObject) {
      if (isPod) return { ...object, metadata: { ...object.metadata, generation: 1 }, status: { phase: 'Pending', qosClass: 'BestEffort' } };
      if (!hasStatus) return object;
      const { status: _dropped, ...rest } = object;
      const created: KubeObject = rest;
      return created.spec ? { ...created, metadata: { ...created.metadata, generation: 1 } } : created;
    },
    prepareForUpdate(object: KubeObject, old: KubeObject, subresource) {
      if (subresource === 'status') {
        return { ...old, metadata: { ...object.metadata, generation: old.metadata?.generation }, status: object.status };
      }
      const kept: KubeObject = hasStatus && object.status !== old.status ? { ...object, status: old.status } : object;
      const generation = old.metadata?.generation;
      if (generation === undefined) return kept;
      const counted = deepEqual(kept.spec, old.spec) ? generation : generation + 1;
      return kept.metadata?.generation === counted ? kept : { ...kept, metadata: { ...kept.metadata, generation: counted } };
    },
    validate: () => NO_ERRORS,
    validateUpdate: () => NO_ERRORS,
    warnings: () => NO_ERRORS,
    selectableFields: isPod ? POD_FIELDS : {},
    indexedFields: isPod ? ['spec.nodeName'] : [],
    gracePeriodSeconds: isPod ? podGrace : () => undefined,
    defaultPropagation: kind.resource === 'replicationcontrollers' ? 'Orphan' : 'Background',
    returnsDeleted: RETURN_DELETED.has(kind.resource),
    allowsCreateOnUpdate: CREATE_ON_UPDATE.has(kind.resource),
    allowsUnconditionalUpdate: true,
    columns: (columnFacts as unknown as Record<string, TableColumn[]>)[`${kind.apiVersion}/${kind.resource}`] ?? [],
    row: (object: KubeObject) => ({ cells: [object.metadata!.name!, object.metadata!.creationTimestamp!] }),
  };
}

const RETURN_DELETED = new Set(['pods', 'services', 'persistentvolumeclaims', 'persistentvolumes']);
const CREATE_ON_UPDATE = new Set(['endpoints', 'events', 'leases', 'limitranges', 'services']);

const POD_FIELDS: Behaviour['selectableFields'] = {
  'spec.nodeName': (pod) => pod.spec?.nodeName ?? '',
  'spec.restartPolicy': (pod) => pod.spec?.restartPolicy ?? '',
  'spec.schedulerName': (pod) => pod.spec?.schedulerName ?? '',
  'spec.serviceAccountName': (pod) => pod.spec?.serviceAccountName ?? '',
  'status.phase': (pod) => pod.status?.phase ?? '',
  'status.podIP': (pod) => pod.status?.podIP ?? '',
  'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
};

/** registry/core/pod/strategy.go CheckGracefulDelete: no grace for pods that run nowhere. */
function podGrace(pod: KubeObject, asked: number | undefined): number {
  let period = asked ?? pod.spec?.terminationGracePeriodSeconds ?? 0;
  const phase = pod.status?.phase;
  if (!pod.spec?.nodeName || phase === 'Failed' || phase === 'Succeeded') period = 0;
  return period < 0 ? 1 : period;
}
