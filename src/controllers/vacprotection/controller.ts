import { builtin } from '../../api/kind.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type PersistentVolume, type PersistentVolumeClaim } from '../../api/kinds.ts';
import { ignoring } from '../shared/ownership.ts';
import { startWorkers } from '../shared/workers.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

const CLASSES = builtin<KubeObject>('storage.k8s.io/v1', 'volumeattributesclasses');
const FINALIZER = 'kubernetes.io/vac-protection';

/** Fields that the types of Kubernetes 1.30 lack. */
interface Attributes {
  readonly volumeAttributesClassName?: string;
  readonly currentVolumeAttributesClassName?: string;
}

function namesOf({ spec, status }: { spec?: object; status?: object }): (string | undefined)[] {
  return [
    (spec as Attributes | undefined)?.volumeAttributesClassName,
    (status as Attributes | undefined)?.currentVolumeAttributesClassName,
  ];
}

/** Keeps attribute classes that volumes or claims use from vanishing (pkg/controller/storage/vacprotection). */
export const attributesClassProtectionController: Controller = {
  name: 'volumeattributesclass-protection-controller',
  start(context) {
    const classes = context.informers.informer(CLASSES);
    const volumes = context.informers.informer(PERSISTENT_VOLUMES);
    const claims = context.informers.informer(PERSISTENT_VOLUME_CLAIMS);
    const queue = context.queue('vac_protection');
    const changed = (found: Stored<KubeObject>): void => {
      const isProtected = (found.metadata.finalizers ?? []).includes(FINALIZER);
      if ((found.metadata.deletionTimestamp !== undefined) === isProtected) queue.add(found.metadata.name);
    };
    const released = (user: PersistentVolume | PersistentVolumeClaim): void => {
      for (const name of namesOf(user)) if (name && classes.get(name)?.metadata.deletionTimestamp !== undefined) queue.add(name);
    };
    classes.onChange({ added: changed, updated: (_before, now) => changed(now) });
    volumes.onChange({ updated: released, deleted: released });
    claims.onChange({ updated: released, deleted: released });
    const isUsed = (name: string): boolean => [...volumes.list(), ...claims.list()].some((user) => namesOf(user).includes(name));
    const reconcile = function* (name: string): Task<void> {
      const found = classes.get(name);
      if (!found) return;
      const finalizers = found.metadata.finalizers ?? [];
      const isProtected = finalizers.includes(FINALIZER);
      const leaving = found.metadata.deletionTimestamp !== undefined;
      if (leaving ? !isProtected || isUsed(name) : isProtected) return;
      const next = leaving ? finalizers.filter((each) => each !== FINALIZER) : [...finalizers, FINALIZER];
      yield* ignoring(['NotFound'], context.client.update(CLASSES, { ...found, metadata: { ...found.metadata, finalizers: next } }));
    };
    startWorkers(context, 'vac protection', queue, 1, reconcile);
  },
};
