import type { LabelSelector, ListMeta, ManagedFieldsEntry, ObjectMeta, OwnerReference } from 'kubernetes-types/meta/v1';

export type { LabelSelector, ListMeta, ManagedFieldsEntry, ObjectMeta, OwnerReference };

/** Any API object. Objects are immutable once they have left the code that made them: copy to change. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: ObjectMeta;
  spec?: any;
  status?: any;
  [field: string]: any;
}

/** An object as the API server stores and answers it. */
export type Stored<T> = T & { apiVersion: string; kind: string; metadata: StoredMeta };

export interface StoredMeta extends ObjectMeta {
  name: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
}

export interface KubeList<T> {
  apiVersion: string;
  kind: string;
  metadata: ListMeta;
  items: T[];
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

export interface WatchEvent<T = KubeObject> {
  readonly type: WatchEventType;
  readonly object: T;
}

/** `namespace/name`, or the bare name of a cluster-scoped object: the key of queues and caches. */
export function objectKey(object: { metadata?: { namespace?: string; name?: string } }): string {
  const { namespace, name } = object.metadata ?? {};
  return namespace ? `${namespace}/${name}` : (name ?? '');
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner that controls an object, if any. */
export function controllerOf(object: { metadata?: ObjectMeta }): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((owner) => owner.controller);
}
