import { BUILTIN_KINDS, splitApiVersion, type Kind } from '../api/kind.ts';

/*
 * Kinds in API versions that current servers no longer list in discovery, but convert when they are
 * sent. The place they moved to says all the rest about them.
 */
const MOVED: Readonly<Record<string, readonly [resource: string, now: string][]>> = {
  'extensions/v1beta1': [
    ['deployments', 'apps/v1'],
    ['daemonsets', 'apps/v1'],
    ['replicasets', 'apps/v1'],
    ['ingresses', 'networking.k8s.io/v1'],
    ['networkpolicies', 'networking.k8s.io/v1'],
  ],
  'apps/v1beta1': [
    ['deployments', 'apps/v1'],
    ['statefulsets', 'apps/v1'],
    ['controllerrevisions', 'apps/v1'],
  ],
  'apps/v1beta2': [
    ['deployments', 'apps/v1'],
    ['daemonsets', 'apps/v1'],
    ['replicasets', 'apps/v1'],
    ['statefulsets', 'apps/v1'],
    ['controllerrevisions', 'apps/v1'],
  ],
  'batch/v1beta1': [['cronjobs', 'batch/v1']],
  'networking.k8s.io/v1beta1': [
    ['ingresses', 'networking.k8s.io/v1'],
    ['ingressclasses', 'networking.k8s.io/v1'],
  ],
  'policy/v1beta1': [['poddisruptionbudgets', 'policy/v1']],
  'autoscaling/v2beta1': [['horizontalpodautoscalers', 'autoscaling/v2']],
  'autoscaling/v2beta2': [['horizontalpodautoscalers', 'autoscaling/v2']],
};

function readLegacyKinds(): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const [apiVersion, moved] of Object.entries(MOVED)) {
    for (const [resource, now] of moved) {
      const present = BUILTIN_KINDS.get(`${now}/${resource}`);
      if (present) kinds.set(`${apiVersion}/${present.kind}`, { ...present, apiVersion, ...splitApiVersion(apiVersion) });
    }
  }
  return kinds;
}

/** Keyed `extensions/v1beta1/Deployment`. */
export const LEGACY_KINDS: ReadonlyMap<string, Kind> = readLegacyKinds();

/** The present place of a kind: `deployments` of apps/v1 for one of extensions/v1beta1. */
export function presentKind(kind: Kind): Kind {
  const moved = MOVED[kind.apiVersion]?.find(([resource]) => resource === kind.resource);
  return moved ? (BUILTIN_KINDS.get(`${moved[1]}/${kind.resource}`) ?? kind) : kind;
}
