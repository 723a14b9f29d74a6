import { deploymentController } from './deployment/controller.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { replicationController } from './replicationcontroller/controller.ts';
import type { Controller } from './context.ts';

/** Every controller of the controller manager, in the order in which they start. */
export const CONTROLLERS: readonly Controller[] = [replicationController, replicaSetController, deploymentController];
