import { REPLICATION_CONTROLLERS, type ReplicationController } from '../../api/kinds.ts';
import { ReplicaManager } from '../shared/replicas.ts';
import { mapPredicate } from '../shared/selector.ts';
import type { Controller } from '../context.ts';

/** Keeps the pods of replication controllers. */
export const replicationController: Controller = {
  name: 'replicationcontroller-controller',
  component: 'replication-controller',
  start(context) {
    new ReplicaManager<ReplicationController>(context, {
      kind: REPLICATION_CONTROLLERS,
      queueName: 'replicationmanager',
      workersFlag: 'concurrent-rc-syncs',
      predicate: (controller) => mapPredicate(controller.spec?.selector),
    }).start();
  },
};
