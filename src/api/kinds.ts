import type { DaemonSet, Deployment, ReplicaSet, StatefulSet, ControllerRevision } from 'kubernetes-types/apps/v1';
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { Lease } from 'kubernetes-types/coordination/v1';
import type {
  ConfigMap,
  Endpoints,
  Event,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import { builtin } from './kind.ts';

export type {
  ConfigMap,
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  Endpoints,
  EndpointSlice,
  Event,
  Job,
  Lease,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
};

export const NAMESPACES = builtin<Namespace>('v1', 'namespaces');
export const NODES = builtin<Node>('v1', 'nodes');
export const PODS = builtin<Pod>('v1', 'pods');
export const REPLICATION_CONTROLLERS = builtin<ReplicationController>('v1', 'replicationcontrollers');
export const SERVICES = builtin<Service>('v1', 'services');
export const ENDPOINTS = builtin<Endpoints>('v1', 'endpoints');
export const EVENTS = builtin<Event>('v1', 'events');
export const CONFIG_MAPS = builtin<ConfigMap>('v1', 'configmaps');
export const SECRETS = builtin<Secret>('v1', 'secrets');
export const SERVICE_ACCOUNTS = builtin<ServiceAccount>('v1', 'serviceaccounts');
export const PERSISTENT_VOLUMES = builtin<PersistentVolume>('v1', 'persistentvolumes');
export const PERSISTENT_VOLUME_CLAIMS = builtin<PersistentVolumeClaim>('v1', 'persistentvolumeclaims');
export const REPLICA_SETS = builtin<ReplicaSet>('apps/v1', 'replicasets');
export const DEPLOYMENTS = builtin<Deployment>('apps/v1', 'deployments');
export const DAEMON_SETS = builtin<DaemonSet>('apps/v1', 'daemonsets');
export const STATEFUL_SETS = builtin<StatefulSet>('apps/v1', 'statefulsets');
export const CONTROLLER_REVISIONS = builtin<ControllerRevision>('apps/v1', 'controllerrevisions');
export const JOBS = builtin<Job>('batch/v1', 'jobs');
export const CRON_JOBS = builtin<CronJob>('batch/v1', 'cronjobs');
export const ENDPOINT_SLICES = builtin<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices');
export const LEASES = builtin<Lease>('coordination.k8s.io/v1', 'leases');
