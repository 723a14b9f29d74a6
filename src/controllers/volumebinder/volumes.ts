import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type PersistentVolume, type PersistentVolumeClaim } from '../../api/kinds.ts';
import { ignoring } from '../shared/ownership.ts';
import { BOUND_BY_CONTROLLER, PROVISIONED_BY } from './match.ts';
import type { Stored } from '../../api/object.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { ControllerContext } from '../context.ts';

export interface VolumeSources {
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly claimQueue: WorkQueue;
}

type Volume = Stored<PersistentVolume>;

/** Keeps the phase of volumes and reclaims those whose claim is gone (pv_controller.go syncVolume). */
export class VolumeKeeper {
  private readonly context: ControllerContext;
  private readonly sources: VolumeSources;

  constructor(context: ControllerContext, sources: VolumeSources) {
    this.context = context;
    this.sources = sources;
  }

  *reconcile(name: string): Task<void> {
    const volume = this.sources.volumes.get(name);
    if (!volume) return;
    const reference = volume.spec?.claimRef;
    if (!reference?.uid) {
      yield* this.setPhase(volume, 'Available');
      if (reference) this.sources.claimQueue.add(`${reference.namespace}/${reference.name}`);
      return;
    }
    const key = `${reference.namespace}/${reference.name}`;
    const claim = this.sources.claims.get(key) ?? (yield* this.readClaim(reference.namespace!, reference.name!));
    if (!claim || claim.metadata.uid !== reference.uid) yield* this.release(volume);
    else if (claim.spec?.volumeName === name) yield* this.setPhase(volume, 'Bound');
    else if (!claim.spec?.volumeName) this.sources.claimQueue.add(key);
    else if (volume.metadata.annotations?.[BOUND_BY_CONTROLLER] === 'yes') yield* this.unbind(volume);
    else yield* this.unreserve(volume);
  }

  private *readClaim(namespace: string, name: string): Task<Stored<PersistentVolumeClaim> | undefined> {
    return yield* ignoring(['NotFound'], this.context.client.get(PERSISTENT_VOLUME_CLAIMS, { namespace, name }));
  }

  private *release(volume: Volume): Task<void> {
    let released = volume;
    if (volume.status?.phase !== 'Released' && volume.status?.phase !== 'Failed') released = yield* this.setPhase(volume, 'Released');
    const policy = volume.spec?.persistentVolumeReclaimPolicy ?? 'Retain';
    if (policy === 'Delete') yield* this.remove(released);
    else if (policy === 'Recycle') yield* this.recycle(released);
  }

  /** Volumes of other provisioners are theirs to delete. */
  private *remove(volume: Volume): Task<void> {
    const provisioner = volume.metadata.annotations?.[PROVISIONED_BY];
    if (provisioner && provisioner !== 'kubernetes.io/host-path') return;
    const path = volume.spec?.hostPath?.path;
    if (path === undefined)
      yield* this.fail(
        volume,
        'VolumeFailedDelete',
        'error getting deleter volume plugin for volume ' + JSON.stringify(volume.metadata.name) + ': no deletable volume plugin matched',
      );
    else if (!/^\/tmp\/.+/.test(path))
      yield* this.fail(volume, 'VolumeFailedDelete', `host_path deleter only supports /tmp/.+ but received provided ${path}`);
    else yield* ignoring(['NotFound'], this.context.client.delete(PERSISTENT_VOLUMES, { name: volume.metadata.name }));
  }

  /** Host paths are wiped by a pod in reality; here the volume is only made available again. */
  private *recycle(volume: Volume): Task<void> {
    if (!volume.spec?.hostPath && !volume.spec?.nfs) {
      yield* this.fail(volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!');
      return;
    }
    this.context.recorder.event(volume, 'Normal', 'VolumeRecycled', 'Volume recycled');
    yield* this.unbind(volume);
  }

  private *fail(volume: Volume, reason: string, message: string): Task<void> {
    if (volume.status?.phase === 'Failed' && volume.status.message === message) return;
    yield* this.context.client.updateStatus(PERSISTENT_VOLUMES, { ...volume, status: { ...volume.status, phase: 'Failed', message } });
    this.context.recorder.event(volume, 'Warning', reason, message);
  }

  /** Bound by us to a claim that chose another volume: free again. */
  private *unbind(volume: Volume): Task<void> {
    const { claimRef: _reference, ...spec } = volume.spec!;
    const { [BOUND_BY_CONTROLLER]: _mark, ...annotations } = volume.metadata.annotations ?? {};
    const next = yield* this.context.client.update(PERSISTENT_VOLUMES, { ...volume, metadata: { ...volume.metadata, annotations }, spec });
    yield* this.setPhase(next, 'Available');
  }

  /** Reserved by a person for a claim that chose another volume: the reservation stays, by name only. */
  private *unreserve(volume: Volume): Task<void> {
    const { uid: _uid, resourceVersion: _version, ...claimRef } = volume.spec!.claimRef!;
    yield* this.context.client.update(PERSISTENT_VOLUMES, { ...volume, spec: { ...volume.spec!, claimRef } });
  }

  private *setPhase(volume: Volume, phase: 'Available' | 'Bound' | 'Released'): Task<Volume> {
    if (volume.status?.phase === phase) return volume;
    const lastPhaseTransitionTime = this.context.kernel.timestamp();
    return yield* this.context.client.updateStatus(PERSISTENT_VOLUMES, { ...volume, status: { phase, lastPhaseTransitionTime } as never });
  }
}
