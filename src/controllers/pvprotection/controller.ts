import { PERSISTENT_VOLUMES, type PersistentVolume } from '../../api/kinds.ts';
import { ignoring } from '../shared/ownership.ts';
import { startWorkers } from '../shared/workers.ts';
import type { Stored } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

const FINALIZER = 'kubernetes.io/pv-protection';

/** Keeps volumes that are bound from vanishing (pkg/controller/volume/pvprotection). */
export const volumeProtectionController: Controller = {
  name: 'persistentvolume-protection-controller',
  start(context) {
    const volumes = context.informers.informer(PERSISTENT_VOLUMES);
    const queue = context.queue('pvprotection');
    const changed = (volume: Stored<PersistentVolume>): void => {
      const isProtected = (volume.metadata.finalizers ?? []).includes(FINALIZER);
      if ((volume.metadata.deletionTimestamp !== undefined) === isProtected) queue.add(volume.metadata.name);
    };
    volumes.onChange({ added: changed, updated: (_before, volume) => changed(volume) });
    const reconcile = function* (name: string): Task<void> {
      const volume = volumes.get(name);
      if (!volume) return;
      const finalizers = volume.metadata.finalizers ?? [];
      const isProtected = finalizers.includes(FINALIZER);
      const leaving = volume.metadata.deletionTimestamp !== undefined;
      if (leaving ? !isProtected || volume.status?.phase === 'Bound' : isProtected) return;
      const next = leaving ? finalizers.filter((each) => each !== FINALIZER) : [...finalizers, FINALIZER];
      yield* ignoring(
        ['NotFound'],
        context.client.update(PERSISTENT_VOLUMES, { ...volume, metadata: { ...volume.metadata, finalizers: next } }),
      );
    };
    startWorkers(context, 'pv protection', queue, 1, reconcile);
  },
};
