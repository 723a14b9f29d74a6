import type {
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  ReplicaSet,
  ReplicationController,
  Service,
  StatefulSet,
} from '../../api/kinds.ts';
import type { Lister } from '../../client/informer.ts';

/** Objects beside pods and nodes that plugins look up. */
export interface WorkloadListers {
  /** Indexed by `namespace`. */
  readonly services: Lister<Service>;
  readonly replicationControllers: Lister<ReplicationController>;
  readonly replicaSets: Lister<ReplicaSet>;
  readonly statefulSets: Lister<StatefulSet>;
  readonly namespaces: Lister<Namespace>;
  readonly claims: Lister<PersistentVolumeClaim>;
  readonly volumes: Lister<PersistentVolume>;
}
