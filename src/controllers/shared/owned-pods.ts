import { controllerOf, objectKey, type KubeObject, type Stored } from '../../api/object.ts';
import { NAMESPACE_INDEX, indexByNamespace, indexByOwner } from './ownership.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Informer } from '../../client/informer.ts';
import type { Expectations } from './expectations.ts';
import type { LabelPredicate } from './selector.ts';

export interface OwnedPodsWatch<T extends KubeObject> {
  readonly pods: Informer<Pod>;
  readonly owners: Informer<T>;
  /** What a controller reference names: `ReplicaSet`. */
  readonly kindName: string;
  readonly expectations?: Expectations;
  /** Which pods an owner selects. */
  predicate(owner: T): LabelPredicate;
  /** Something about its pods has changed; soon is soon enough. */
  changed(key: string): void;
  /** Whether a change of a pod that stays with its owner is of interest. */
  matters(before: Stored<Pod>, after: Stored<Pod>): boolean;
}

/**
 * Tells a controller of workloads when its pods change, the way they all do it: the controller of a
 * pod is found by its reference and uid, an orphan is shown to whoever selects it, and what was
 * expected is ticked off.
 */
export function watchOwnedPods<T extends KubeObject>(watch: OwnedPodsWatch<T>): void {
  const { pods, owners, kindName, expectations, changed } = watch;
  indexByNamespace(owners);
  indexByOwner(pods);
  const keyOf = (pod: Stored<Pod>): string | undefined => {
    const controller = controllerOf(pod);
    if (controller?.kind !== kindName) return undefined;
    const key = `${pod.metadata.namespace}/${controller.name}`;
    return owners.get(key)?.metadata.uid === controller.uid ? key : undefined;
  };
  const showOrphan = (pod: Stored<Pod>): void => {
    if (!pod.metadata.labels) return;
    for (const owner of owners.byIndex(NAMESPACE_INDEX, pod.metadata.namespace ?? '')) {
      if (watch.predicate(owner)(pod.metadata.labels)) changed(objectKey(owner));
    }
  };
  const gone = (pod: Stored<Pod>): void => {
    const key = keyOf(pod);
    if (!key) return;
    expectations?.deletionObserved(key, pod.metadata.uid);
    changed(key);
  };
  pods.onChange({
    added: (pod) => {
      if (pod.metadata.deletionTimestamp !== undefined) {
        gone(pod);
        return;
      }
      if (!controllerOf(pod)) {
        showOrphan(pod);
        return;
      }
      const key = keyOf(pod);
      if (!key) return;
      expectations?.creationObserved(key);
      changed(key);
    },
    updated: (before, pod) => {
      const reowned = controllerOf(before)?.uid !== controllerOf(pod)?.uid;
      if (reowned) {
        const former = keyOf(before);
        if (former) changed(former);
      }
      const relabelled = before.metadata.labels !== pod.metadata.labels;
      const leaving = before.metadata.deletionTimestamp === undefined && pod.metadata.deletionTimestamp !== undefined;
      if (leaving) gone(pod);
      else if (!controllerOf(pod)) {
        if (reowned || relabelled) showOrphan(pod);
      } else if (reowned || relabelled || watch.matters(before, pod)) {
        const key = keyOf(pod);
        if (key) changed(key);
      }
    },
    deleted: gone,
  });
}
