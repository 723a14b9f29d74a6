import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type PersistentVolume, type PersistentVolumeClaim } from '../../api/kinds.ts';
import { equalValues } from '../../api/equal.ts';
import { isApiError } from '../../api/status.ts';
import {
  bestVolume,
  BETA_STORAGE_PROVISIONER,
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  classOf,
  isClaimedBy,
  PROVISIONED_BY,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
} from './match.ts';
import type { StorageClass } from '../shared/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { ControllerContext } from '../context.ts';

/** Claims that are not bound are looked at again after this long (pvclaimbinder-sync-period). */
const RESYNC_MS = 15_000;
/** The one provisioner inside the controller manager, switched on by `enable-hostpath-provisioner`. */
const HOST_PATH_PROVISIONER = 'kubernetes.io/host-path';

export interface ClaimSources {
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly classes: Informer<StorageClass>;
  readonly claimQueue: WorkQueue;
}

type Claim = Stored<PersistentVolumeClaim>;
type Volume = Stored<PersistentVolume>;

/** Finds volumes for claims (pv_controller.go syncClaim). */
export class ClaimBinder {
  private readonly context: ControllerContext;
  private readonly sources: ClaimSources;

  constructor(context: ControllerContext, sources: ClaimSources) {
    this.context = context;
    this.sources = sources;
  }

  *reconcile(key: string): Task<void> {
    const claim = this.sources.claims.get(key);
    if (!claim) return;
    if (claim.metadata.annotations?.[BIND_COMPLETED] === 'yes') yield* this.checkBound(claim);
    else yield* this.findVolume(key, claim);
  }

  private *checkBound(claim: Claim): Task<void> {
    const name = claim.spec?.volumeName;
    if (!name) {
      yield* this.lose(claim, 'ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
      return;
    }
    const volume = this.sources.volumes.get(name);
    if (!volume) yield* this.lose(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
    else if (!volume.spec?.claimRef || isClaimedBy(volume, claim)) yield* this.bind(claim, volume);
    else yield* this.lose(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
  }

  private *lose(claim: Claim, reason: string, message: string): Task<void> {
    if (claim.status?.phase === 'Lost') return;
    this.context.recorder.event(claim, 'Warning', reason, message);
    yield* this.writeStatus(claim, { phase: 'Lost' });
  }

  private *findVolume(key: string, claim: Claim): Task<void> {
    if (claim.metadata.deletionTimestamp !== undefined) return;
    const { volumes, claimQueue } = this.sources;
    const wanted = claim.spec?.volumeName;
    if (wanted) {
      const volume = volumes.get(wanted);
      if (volume && (!volume.spec?.claimRef || isClaimedBy(volume, claim))) yield* this.bind(claim, volume);
      else {
        yield* this.writeStatus(claim, { phase: 'Pending' });
        claimQueue.addAfter(key, RESYNC_MS);
      }
      return;
    }
    const storageClass = this.sources.classes.get(classOf(claim));
    const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !claim.metadata.annotations?.[SELECTED_NODE];
    const volume = bestVolume(claim, volumes.list(), waits);
    if (volume) {
      yield* this.bind(claim, volume);
      return;
    }
    claimQueue.addAfter(key, RESYNC_MS);
    yield* this.writeStatus(claim, { phase: 'Pending' });
    if (waits)
      this.context.recorder.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
    else if (classOf(claim) !== '') yield* this.provision(claim, storageClass);
    else
      this.context.recorder.event(
        claim,
        'Normal',
        'FailedBinding',
        'no persistent volumes available for this claim and no storage class is set',
      );
  }

  private *provision(claim: Claim, storageClass: Stored<StorageClass> | undefined): Task<void> {
    const { client, recorder } = this.context;
    if (!storageClass) {
      recorder.event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io ${JSON.stringify(classOf(claim))} not found`);
      return;
    }
    const { provisioner } = storageClass;
    if (provisioner === 'kubernetes.io/no-provisioner') {
      recorder.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
      return;
    }
    if (provisioner === HOST_PATH_PROVISIONER && this.context.flag('enable-hostpath-provisioner') === 'true') {
      yield* this.makeHostPath(claim, storageClass);
      return;
    }
    if (claim.metadata.annotations?.[STORAGE_PROVISIONER] !== provisioner) {
      const annotations = { ...claim.metadata.annotations, [BETA_STORAGE_PROVISIONER]: provisioner, [STORAGE_PROVISIONER]: provisioner };
      yield* client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations } });
    }
    const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    recorder.event(claim, 'Normal', 'ExternalProvisioning', message);
  }

  private *makeHostPath(claim: Claim, storageClass: Stored<StorageClass>): Task<void> {
    const { client, recorder } = this.context;
    const { name, namespace, uid } = claim.metadata;
    const volumeName = `pvc-${uid}`;
    const volume: PersistentVolume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volumeName, annotations: { [BOUND_BY_CONTROLLER]: 'yes', [PROVISIONED_BY]: HOST_PATH_PROVISIONER } },
      spec: {
        capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '0' },
        accessModes: claim.spec?.accessModes,
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
        storageClassName: storageClass.metadata.name,
        claimRef: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          namespace,
          name,
          uid,
          resourceVersion: claim.metadata.resourceVersion,
        },
        hostPath: { path: `/tmp/hostpath_pv/${uid}`, type: '' },
      },
    };
    try {
      yield* client.create(PERSISTENT_VOLUMES, volume);
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error;
      return;
    }
    recorder.event(
      claim,
      'Normal',
      'ProvisioningSucceeded',
      `Successfully provisioned volume ${volumeName} using ${HOST_PATH_PROVISIONER}`,
    );
  }

  /** First the volume points to the claim, then the claim to the volume; each step can be repeated. */
  private *bind(claim: Claim, found: Volume): Task<void> {
    const { client } = this.context;
    let volume = found;
    if (volume.spec?.claimRef?.uid !== claim.metadata.uid) {
      const { name, namespace, uid, resourceVersion } = claim.metadata;
      const claimRef = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion };
      const marked = volume.spec?.claimRef ? undefined : { [BOUND_BY_CONTROLLER]: 'yes' };
      const metadata = { ...volume.metadata, ...(marked && { annotations: { ...volume.metadata.annotations, ...marked } }) };
      volume = yield* client.update(PERSISTENT_VOLUMES, { ...volume, metadata, spec: { ...volume.spec!, claimRef } });
    }
    if (volume.status?.phase !== 'Bound')
      volume = yield* client.updateStatus(PERSISTENT_VOLUMES, { ...volume, status: { ...volume.status, phase: 'Bound' } });
    let bound = claim;
    if (claim.spec?.volumeName !== volume.metadata.name || claim.metadata.annotations?.[BIND_COMPLETED] !== 'yes') {
      const chosen = claim.spec?.volumeName ? undefined : { [BOUND_BY_CONTROLLER]: 'yes' };
      const annotations = { ...claim.metadata.annotations, [BIND_COMPLETED]: 'yes', ...chosen };
      const spec = { ...claim.spec!, volumeName: volume.metadata.name };
      bound = yield* client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations }, spec });
    }
    const { accessModes, capacity } = volume.spec!;
    yield* this.writeStatus(bound, { phase: 'Bound', accessModes, capacity });
  }

  private *writeStatus(claim: Claim, status: NonNullable<PersistentVolumeClaim['status']>): Task<void> {
    const { conditions } = claim.status ?? {};
    const next = { ...status, ...(conditions && { conditions }) };
    if (equalValues(claim.status, next)) return;
    yield* this.context.client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...claim, status: next });
  }
}
