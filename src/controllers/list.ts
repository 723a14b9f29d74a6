import { clusterRoleAggregationController } from './clusterroleaggregation/controller.ts';
import { cronJobController } from './cronjob/controller.ts';
import { daemonSetController } from './daemonset/controller.ts';
import { deploymentController } from './deployment/controller.ts';
import { disruptionController } from './disruption/controller.ts';
import { endpointsController } from './endpoints/controller.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { endpointSliceMirroringController } from './endpointslicemirroring/controller.ts';
import { garbageCollector } from './garbagecollector/controller.ts';
import { jobController } from './job/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './nodeipam/controller.ts';
import { nodeLifecycleController } from './nodelifecycle/controller.ts';
import { nodeTtlController } from './nodettl/controller.ts';
import { podGarbageCollector } from './podgc/controller.ts';
import { podAutoscalerController } from './podautoscaler/controller.ts';
import { claimProtectionController } from './pvcprotection/controller.ts';
import { volumeProtectionController } from './pvprotection/controller.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { replicationController } from './replicationcontroller/controller.ts';
import { resourceQuotaController } from './resourcequota/controller.ts';
import { rootCaPublisher } from './rootca/controller.ts';
import { serviceAccountController } from './serviceaccount/controller.ts';
import { statefulSetController } from './statefulset/controller.ts';
import { taintEvictionController } from './tainteviction/controller.ts';
import { ttlAfterFinishedController } from './ttlafterfinished/controller.ts';
import { attributesClassProtectionController } from './vacprotection/controller.ts';
import { volumeBinderController } from './volumebinder/controller.ts';
import type { Controller } from './context.ts';

/** Every controller of the controller manager, in the order in which they start. */
export const CONTROLLERS: readonly Controller[] = [
  serviceAccountController,
  rootCaPublisher,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  replicationController,
  podGarbageCollector,
  resourceQuotaController,
  namespaceController,
  daemonSetController,
  jobController,
  cronJobController,
  disruptionController,
  podAutoscalerController,
  ttlAfterFinishedController,
  deploymentController,
  replicaSetController,
  statefulSetController,
  garbageCollector,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  volumeBinderController,
  claimProtectionController,
  volumeProtectionController,
  attributesClassProtectionController,
  clusterRoleAggregationController,
  nodeTtlController,
];
