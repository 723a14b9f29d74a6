import { selectorFrom, type Selector } from '../../api/labels.ts';
import type { Pod } from '../../api/kinds.ts';
import { controllerOf, type LabelSelector, type Stored } from '../../api/object.ts';
import type { WorkloadListers } from './listers.ts';

/** Selectors by the identity of the owner's selector: pods of one owner share one. */
const compiled = new WeakMap<object, { labels: string; selector: Selector }>();

/**
 * What a pod's siblings have in common: the selectors of the services that select it and of the
 * controller that owns it (scheduler helper DefaultSelector). Undefined if there is neither.
 */
export function defaultSelector(listers: WorkloadListers, pod: Stored<Pod>): Selector | undefined {
  const labels: Record<string, string> = {};
  for (const service of listers.services.byIndex('namespace', pod.metadata.namespace!)) {
    const selector = service.spec?.selector;
    if (selector && isSubset(selector, pod.metadata.labels ?? {})) Object.assign(labels, selector);
  }
  const owned = ownerSelector(listers, pod);
  if (!owned) return Object.keys(labels).length === 0 ? undefined : selectorFrom({ matchLabels: labels });
  const key = Object.entries(labels).join();
  const known = compiled.get(owned);
  if (known?.labels === key) return known.selector;
  const selector = selectorFrom({ ...owned, matchLabels: { ...labels, ...owned.matchLabels } });
  compiled.set(owned, { labels: key, selector });
  return selector;
}

const asLabelSelector = new WeakMap<object, LabelSelector>();

function ownerSelector(listers: WorkloadListers, pod: Stored<Pod>): LabelSelector | undefined {
  const owner = controllerOf(pod);
  const key = `${pod.metadata.namespace}/${owner?.name}`;
  if (owner?.kind === 'ReplicaSet') return listers.replicaSets.get(key)?.spec?.selector;
  if (owner?.kind === 'StatefulSet') return listers.statefulSets.get(key)?.spec?.selector;
  if (owner?.kind !== 'ReplicationController') return undefined;
  const matchLabels = listers.replicationControllers.get(key)?.spec?.selector;
  if (!matchLabels) return undefined;
  let selector = asLabelSelector.get(matchLabels);
  if (!selector) asLabelSelector.set(matchLabels, (selector = { matchLabels }));
  return selector;
}

function isSubset(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}
