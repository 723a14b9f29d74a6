import { autoscalerFromBeta1, autoscalerFromV1, autoscalerToBeta1, autoscalerToV1 } from './conversion/autoscalers.ts';
import { eventFromCore, eventToCore } from './conversion/events.ts';
import { currentIngress, oldIngress } from './conversion/old-ingress.ts';
import {
  appsBeta1Deployment,
  appsBeta1StatefulSet,
  extensionsDaemonSet,
  extensionsDeployment,
  withTemplateLabels,
} from './conversion/old-workloads.ts';
import { builtin, splitApiVersion, type Kind } from './kind.ts';
import type { KubeObject } from './object.ts';

/** A version of a kind that the server no longer has, served by conversion, with a Warning. */
export interface OldVersion {
  /** `extensions/v1beta1` deployments. */
  readonly kind: Kind;
  /** `apps/v1` deployments. */
  readonly current: Kind;
  /** `extensions/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 Deployment` */
  readonly warning: string;
  /**
   * The object in the current version, with the defaults that only the old version had. Takes
   * objects as they were sent: decode them as the current version afterwards.
   */
  toCurrent(object: KubeObject): KubeObject;
  fromCurrent(object: KubeObject): KubeObject;
}

/** A version that is served beside the one in which objects are stored. */
export interface TwinVersion {
  readonly kind: Kind;
  readonly stored: Kind;
  toStored(object: KubeObject): KubeObject;
  fromStored(object: KubeObject): KubeObject;
}

type Change = (object: KubeObject) => KubeObject;

const same: Change = (object) => object;

/** Old version, resource, current version, deprecated in and gone since (minor releases), and what changes besides. */
type Row = readonly [
  old: string,
  resource: string,
  current: string,
  deprecated: number,
  gone: number,
  toCurrent?: Change,
  fromCurrent?: Change,
];

const ROWS: readonly Row[] = [
  ['extensions/v1beta1', 'deployments', 'apps/v1', 8, 16, extensionsDeployment],
  ['extensions/v1beta1', 'replicasets', 'apps/v1', 8, 16, withTemplateLabels],
  ['extensions/v1beta1', 'daemonsets', 'apps/v1', 8, 16, extensionsDaemonSet],
  ['extensions/v1beta1', 'ingresses', 'networking.k8s.io/v1', 14, 22, currentIngress, oldIngress],
  ['extensions/v1beta1', 'networkpolicies', 'networking.k8s.io/v1', 9, 16],
  ['apps/v1beta1', 'deployments', 'apps/v1', 8, 16, appsBeta1Deployment],
  ['apps/v1beta1', 'statefulsets', 'apps/v1', 8, 16, appsBeta1StatefulSet],
  ['apps/v1beta1', 'controllerrevisions', 'apps/v1', 8, 16],
  ['apps/v1beta2', 'deployments', 'apps/v1', 9, 16],
  ['apps/v1beta2', 'replicasets', 'apps/v1', 9, 16],
  ['apps/v1beta2', 'daemonsets', 'apps/v1', 9, 16],
  ['apps/v1beta2', 'statefulsets', 'apps/v1', 9, 16],
  ['apps/v1beta2', 'controllerrevisions', 'apps/v1', 9, 16],
  ['batch/v1beta1', 'cronjobs', 'batch/v1', 21, 25],
  ['networking.k8s.io/v1beta1', 'ingresses', 'networking.k8s.io/v1', 19, 22, currentIngress, oldIngress],
  ['networking.k8s.io/v1beta1', 'ingressclasses', 'networking.k8s.io/v1', 19, 22],
  ['policy/v1beta1', 'poddisruptionbudgets', 'policy/v1', 21, 25],
  ['autoscaling/v2beta1', 'horizontalpodautoscalers', 'autoscaling/v2', 22, 25, autoscalerFromBeta1, autoscalerToBeta1],
  ['autoscaling/v2beta2', 'horizontalpodautoscalers', 'autoscaling/v2', 23, 26],
  ['rbac.authorization.k8s.io/v1beta1', 'roles', 'rbac.authorization.k8s.io/v1', 17, 22],
  ['rbac.authorization.k8s.io/v1beta1', 'rolebindings', 'rbac.authorization.k8s.io/v1', 17, 22],
  ['rbac.authorization.k8s.io/v1beta1', 'clusterroles', 'rbac.authorization.k8s.io/v1', 17, 22],
  ['rbac.authorization.k8s.io/v1beta1', 'clusterrolebindings', 'rbac.authorization.k8s.io/v1', 17, 22],
  ['storage.k8s.io/v1beta1', 'storageclasses', 'storage.k8s.io/v1', 19, 22],
  ['scheduling.k8s.io/v1beta1', 'priorityclasses', 'scheduling.k8s.io/v1', 14, 22],
  ['coordination.k8s.io/v1beta1', 'leases', 'coordination.k8s.io/v1', 19, 22],
  ['node.k8s.io/v1beta1', 'runtimeclasses', 'node.k8s.io/v1', 22, 25],
];

function oldVersionOf([apiVersion, resource, currentVersion, deprecated, gone, change = same, changeBack = same]: Row): OldVersion {
  const current = builtin(currentVersion, resource);
  const kind: Kind = { ...current, ...splitApiVersion(apiVersion), apiVersion };
  return {
    kind,
    current,
    warning: `${apiVersion} ${kind.kind} is deprecated in v1.${deprecated}+, unavailable in v1.${gone}+; use ${currentVersion} ${kind.kind}`,
    toCurrent: (object) => ({ ...change(object), apiVersion: currentVersion }),
    fromCurrent: (object) => ({ ...changeBack(object), apiVersion }),
  };
}

/** Every old version that manifests may still use, in no order that matters. */
export const OLD_VERSIONS: readonly OldVersion[] = ROWS.map(oldVersionOf);

const byPlace = new Map(OLD_VERSIONS.map((version) => [`${version.kind.apiVersion}/${version.kind.resource}`, version]));
const byKind = new Map(OLD_VERSIONS.map((version) => [`${version.kind.apiVersion}/${version.kind.kind}`, version]));

/** `oldVersion('extensions/v1beta1', 'deployments')` */
export function oldVersion(apiVersion: string, resource: string): OldVersion | undefined {
  return byPlace.get(`${apiVersion}/${resource}`);
}

/** `oldVersionOfKind('extensions/v1beta1', 'Deployment')` */
export function oldVersionOfKind(apiVersion: string, kind: string): OldVersion | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

/** The built-in kinds that are stored as another version of themselves. */
export const TWIN_VERSIONS: readonly TwinVersion[] = [
  {
    kind: builtin('autoscaling/v1', 'horizontalpodautoscalers'),
    stored: builtin('autoscaling/v2', 'horizontalpodautoscalers'),
    toStored: autoscalerFromV1,
    fromStored: autoscalerToV1,
  },
  { kind: builtin('events.k8s.io/v1', 'events'), stored: builtin('v1', 'events'), toStored: eventToCore, fromStored: eventFromCore },
];

/** What the server says whenever a version is used that is still there but on its way out. */
export const DEPRECATIONS: Readonly<Record<string, string>> = {
  'v1/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  'v1/componentstatuses': 'v1 ComponentStatus is deprecated in v1.19+',
};
