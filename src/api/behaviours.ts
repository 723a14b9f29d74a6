import { deploymentBehaviour } from './apps/deployment.ts';
import { replicaSetBehaviour } from './apps/replica-set.ts';
import { completeBehaviour } from './complete-behaviour.ts';
import { leaseBehaviour } from './coordination/lease.ts';
import { configMapBehaviour } from './core/config-map.ts';
import { endpointsBehaviour } from './core/endpoints.ts';
import { eventBehaviour } from './core/event.ts';
import { namespaceBehaviour } from './core/namespace.ts';
import { nodeBehaviour } from './core/node.ts';
import { podBehaviour } from './core/pod/pod.ts';
import { replicationControllerBehaviour } from './core/replication-controller.ts';
import { secretBehaviour } from './core/secret.ts';
import { serviceBehaviour } from './core/service/service.ts';
import { serviceAccountBehaviour } from './core/service-account.ts';
import { endpointSliceBehaviour } from './discovery/endpoint-slice.ts';
import { BUILTIN_KINDS, type Kind } from './kind.ts';
import type { Behaviour, KindBehaviour } from './behaviour.ts';
import type { KubeObject } from './object.ts';

/** The behaviours of all kinds that have one of their own. */
const OWN: readonly KindBehaviour[] = [
  configMapBehaviour,
  deploymentBehaviour,
  endpointsBehaviour,
  endpointSliceBehaviour,
  eventBehaviour,
  leaseBehaviour,
  namespaceBehaviour,
  nodeBehaviour,
  podBehaviour,
  replicaSetBehaviour,
  replicationControllerBehaviour,
  secretBehaviour,
  serviceBehaviour,
  serviceAccountBehaviour,
];

const place = (kind: Kind) => `${kind.apiVersion}/${kind.resource}`;

const known = new Map<string, Behaviour>();
for (const own of OWN) known.set(place(own.kind), completeBehaviour(own));
for (const [key, kind] of BUILTIN_KINDS) if (!known.has(key)) known.set(key, completeBehaviour({ kind }));

/** Every built-in kind's behaviour, keyed `apps/v1/deployments`. */
export const BEHAVIOURS: ReadonlyMap<string, Behaviour> = known;

/** How objects of `kind` behave; kinds that are not built in behave as kinds in general do. */
export function behaviourOf<T extends KubeObject>(kind: Kind<T>): Behaviour<T> {
  return (known.get(place(kind)) ?? completeBehaviour({ kind })) as Behaviour<T>;
}
