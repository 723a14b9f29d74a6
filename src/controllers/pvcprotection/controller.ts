import { PERSISTENT_VOLUME_CLAIMS, PODS, type PersistentVolumeClaim, type Pod } from '../../api/kinds.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { ignoring } from '../shared/ownership.ts';
import { isPodTerminal } from '../shared/pods.ts';
import { startWorkers } from '../shared/workers.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

const FINALIZER = 'kubernetes.io/pvc-protection';
const CLAIM_INDEX = 'claim';

/** Keeps claims that pods on nodes use from vanishing (pkg/controller/volume/pvcprotection). */
export const claimProtectionController: Controller = {
  name: 'persistentvolumeclaim-protection-controller',
  component: 'pvc-protection-controller',
  start(context) {
    const { client } = context;
    const claims = context.informers.informer(PERSISTENT_VOLUME_CLAIMS);
    const pods = context.informers.informer(PODS);
    pods.addIndex(CLAIM_INDEX, claimKeys);
    const queue = context.queue('pvcprotection');
    const claimChanged = (claim: Stored<PersistentVolumeClaim>): void => {
      const protectedNow = (claim.metadata.finalizers ?? []).includes(FINALIZER);
      if ((claim.metadata.deletionTimestamp !== undefined) === protectedNow) queue.add(objectKey(claim));
    };
    claims.onChange({ added: claimChanged, updated: (_before, claim) => claimChanged(claim) });
    const podEnded = (pod: Stored<Pod>): void => {
      for (const key of claimKeys(pod)) queue.add(key);
    };
    pods.onChange({
      updated: (before, pod) => {
        if (!isPodTerminal(before) && isPodTerminal(pod)) podEnded(pod);
      },
      deleted: podEnded,
    });
    const reconcile = function* (key: string): Task<void> {
      const claim = claims.get(key);
      if (!claim) return;
      const finalizers = claim.metadata.finalizers ?? [];
      const isProtected = finalizers.includes(FINALIZER);
      const write = (next: string[]): Task<unknown> =>
        client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, finalizers: next } });
      if (claim.metadata.deletionTimestamp === undefined) {
        if (!isProtected) yield* ignoring(['NotFound'], write([...finalizers, FINALIZER]));
        return;
      }
      const used = pods
        .byIndex(CLAIM_INDEX, key)
        .some((pod) => pod.spec?.nodeName !== undefined && pod.spec.nodeName !== '' && !isPodTerminal(pod));
      if (isProtected && !used) yield* ignoring(['NotFound'], write(finalizers.filter((each) => each !== FINALIZER)));
    };
    startWorkers(context, 'pvc protection', queue, 1, reconcile);
  },
};

const NONE: readonly string[] = [];

/** Keys of the claims a pod names, those of its ephemeral volumes included. */
function claimKeys(pod: Stored<Pod>): readonly string[] {
  let keys: string[] | undefined;
  for (const volume of pod.spec?.volumes ?? []) {
    const name = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined);
    if (name) (keys ??= []).push(`${pod.metadata.namespace}/${name}`);
  }
  return keys ?? NONE;
}
