import { builtin, type Kind } from '../../api/kind.ts';
import { equalValues } from '../../api/equal.ts';
import { objectKey, type KubeObject, type Stored } from '../../api/object.ts';
import { countName, quotaUsage, usedOf } from '../../api/quota-usage.ts';
import { storableKinds } from '../shared/kinds.ts';
import { ignoring, indexByNamespace, NAMESPACE_INDEX } from '../shared/ownership.ts';
import { durationFlag, numberFlag, startPeriodic, startWorkers } from '../shared/workers.ts';
import type { ResourceQuota } from '../../api/kinds.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

const RESOURCE_QUOTAS = builtin<ResourceQuota>('v1', 'resourcequotas');

/** New objects were counted when they were admitted; the books are only checked, once admissions under way have come through. */
const ADDED_MS = 1_000;

/** Keeps quotas' books: what is used of what is allowed (pkg/controller/resourcequota). */
export const resourceQuotaController: Controller = {
  name: 'resourcequota-controller',
  component: 'resourcequota-controller',
  start(context) {
    const { client, informers } = context;
    const quotas = informers.informer(RESOURCE_QUOTAS);
    indexByNamespace(quotas);
    const kinds = storableKinds().filter((kind) => kind.namespaced && kind.kind !== 'Event');
    const queue = context.queue('resourcequota');
    quotas.onChange({
      added: (quota) => queue.add(objectKey(quota)),
      updated: (before, quota) => {
        if (!equalValues(before.spec, quota.spec)) queue.add(objectKey(quota));
      },
    });
    const enqueue = (namespace: string | undefined, delayMs = 0): void => {
      if (quotas.size === 0) return;
      for (const quota of quotas.byIndex(NAMESPACE_INDEX, namespace ?? '')) queue.addAfter(objectKey(quota), delayMs);
    };
    for (const kind of kinds) {
      informers.informer(kind).onChange({
        added: (object) => enqueue(object.metadata.namespace, ADDED_MS),
        deleted: (object) => enqueue(object.metadata.namespace),
        updated: (before, object) => {
          if (quotas.size > 0 && changesUse(kind, before, object)) enqueue(object.metadata.namespace);
        },
      });
    }
    const reconcile = function* (key: string): Task<void> {
      const quota = quotas.get(key);
      if (!quota) return;
      const hard = quota.spec?.hard ?? {};
      const limited = kinds.filter((kind) => speaksOf(hard, kind));
      const used = usedOf(quota, objectsOf(limited, quota.metadata.namespace));
      const status = { hard, used };
      if (!equalValues(quota.status, status)) yield* ignoring(['NotFound'], client.updateStatus(RESOURCE_QUOTAS, { ...quota, status }));
    };
    const objectsOf = function* (
      limited: readonly Kind[],
      namespace: string | undefined,
    ): Generator<{ kind: Kind; object: Stored<KubeObject> }> {
      for (const kind of limited) {
        for (const object of informers.informer(kind).list()) if (object.metadata.namespace === namespace) yield { kind, object };
      }
    };
    startWorkers(context, 'resourcequota', queue, numberFlag(context, 'concurrent-resource-quota-syncs', 5), reconcile);
    const everything = function* (): Task<void> {
      for (const quota of quotas.list()) queue.add(objectKey(quota));
    };
    startPeriodic(context, 'resourcequota-resync', durationFlag(context, 'resource-quota-sync-period', 5 * 60_000), everything);
  },
};

function changesUse(kind: Kind, before: Stored<KubeObject>, after: Stored<KubeObject>): boolean {
  if (kind.group !== '' || !['pods', 'services', 'persistentvolumeclaims'].includes(kind.resource)) return false;
  if (before.spec === after.spec && before.status?.phase === after.status?.phase) return false;
  return !equalValues(quotaUsage(kind, before), quotaUsage(kind, after));
}

/** Whether any of a quota's resources is one that objects of a kind use. */
function speaksOf(hard: Readonly<Record<string, string>>, kind: Kind): boolean {
  const count = countName(kind);
  return Object.keys(hard).some((name) => {
    if (name === count) return true;
    if (kind.group !== '') return false;
    if (name === kind.resource || name.startsWith(`${kind.resource}.`)) return true;
    if (kind.resource === 'persistentvolumeclaims') return name === 'requests.storage' || name.includes('.storageclass.storage.k8s.io/');
    return kind.resource === 'pods' && !name.startsWith('count/') && !name.includes('.storageclass.');
  });
}
