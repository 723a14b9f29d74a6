import { REPLICA_SETS, type ReplicaSet } from '../../api/kinds.ts';
import { ReplicaManager } from '../shared/replicas.ts';
import { labelPredicate } from '../shared/selector.ts';
import type { Controller } from '../context.ts';

/** Keeps the pods of replica sets. */
export const replicaSetController: Controller = {
  name: 'replicaset-controller',
  component: 'replicaset-controller',
  start(context) {
    new ReplicaManager<ReplicaSet>(context, {
      kind: REPLICA_SETS,
      queueName: 'replicaset',
      workersFlag: 'concurrent-replicaset-syncs',
      predicate: (set) => labelPredicate(set.spec?.selector),
    }).start();
  },
};
