import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type PersistentVolume, type PersistentVolumeClaim } from '../../api/kinds.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { STORAGE_CLASSES } from '../shared/kinds.ts';
import { startWorkers } from '../shared/workers.ts';
import { ClaimBinder } from './claims.ts';
import { VolumeKeeper } from './volumes.ts';
import type { Controller } from '../context.ts';

/** Binds claims to volumes, makes volumes where a class says how, and reclaims released ones (pkg/controller/volume/persistentvolume). */
export const volumeBinderController: Controller = {
  name: 'persistentvolume-binder-controller',
  component: 'persistentvolume-controller',
  start(context) {
    const volumes = context.informers.informer(PERSISTENT_VOLUMES);
    const claims = context.informers.informer(PERSISTENT_VOLUME_CLAIMS);
    const classes = context.informers.informer(STORAGE_CLASSES);
    const claimQueue = context.queue('claims');
    const volumeQueue = context.queue('volumes');
    const claimChanged = (claim: Stored<PersistentVolumeClaim>): void => claimQueue.add(objectKey(claim));
    claims.onChange({
      added: claimChanged,
      updated: (_before, claim) => claimChanged(claim),
      deleted: (claim) => {
        if (claim.spec?.volumeName) volumeQueue.add(claim.spec.volumeName);
      },
    });
    const volumeChanged = (volume: Stored<PersistentVolume>): void => {
      volumeQueue.add(volume.metadata.name);
    };
    volumes.onChange({
      added: volumeChanged,
      updated: (_before, volume) => volumeChanged(volume),
      deleted: (volume) => {
        const reference = volume.spec?.claimRef;
        if (reference) claimQueue.add(`${reference.namespace}/${reference.name}`);
      },
    });
    const binder = new ClaimBinder(context, { claims, volumes, classes, claimQueue });
    const keeper = new VolumeKeeper(context, { claims, volumes, claimQueue });
    startWorkers(context, 'persistentvolume claims', claimQueue, 1, (key) => binder.reconcile(key));
    startWorkers(context, 'persistentvolume volumes', volumeQueue, 1, (name) => keeper.reconcile(name));
  },
};
