import { labelPredicate, mapPredicate } from './selector.ts';
import type { Pod, Service } from '../../api/kinds.ts';
import type { LabelSelector, Stored } from '../../api/object.ts';
import type { Informer, Lister } from '../../client/informer.ts';

const LABEL_INDEX = 'label';
const SELECTOR_INDEX = 'selector';
const NONE: readonly string[] = [];

type Labels = Readonly<Record<string, string>>;

interface Cached {
  readonly namespace: string | undefined;
  readonly values: readonly string[];
}

/** By the identity of the labels: a template's labels are shared by all of its pods. */
const cached = new WeakMap<Labels, Cached>();

/** Indexes pods by each of their labels within their namespace. */
export function indexByLabel(pods: Informer<Pod>): void {
  pods.addIndex(LABEL_INDEX, (pod) => labelValues(pod.metadata.namespace, pod.metadata.labels));
}

/** Indexes services by one label of their selector, so that a pod's labels lead to the services that may select it. */
export function indexBySelector(services: Informer<Service>): void {
  services.addIndex(SELECTOR_INDEX, (service) => {
    const pair = leadingPair(service.spec?.selector);
    return pair ? [labelValue(service.metadata.namespace, pair)] : NONE;
  });
}

/** The pods that a service selects. Needs {@link indexByLabel}. */
export function selectedPods(pods: Lister<Pod>, service: Stored<Service>): Stored<Pod>[] {
  const pair = leadingPair(service.spec?.selector);
  if (!pair) return [];
  const matches = mapPredicate(service.spec?.selector);
  return pods.byIndex(LABEL_INDEX, labelValue(service.metadata.namespace, pair)).filter((pod) => matches(pod.metadata.labels));
}

/** The services that select these labels. Needs {@link indexBySelector}. */
export function selectingServices(services: Lister<Service>, namespace: string | undefined, labels: Labels | undefined): Stored<Service>[] {
  const found: Stored<Service>[] = [];
  for (const value of labelValues(namespace, labels)) {
    for (const service of services.byIndex(SELECTOR_INDEX, value)) {
      if (mapPredicate(service.spec?.selector)(labels)) found.push(service);
    }
  }
  return found;
}

function labelValues(namespace: string | undefined, labels: Labels | undefined): readonly string[] {
  if (!labels) return NONE;
  const known = cached.get(labels);
  if (known && known.namespace === namespace) return known.values;
  const values = Object.entries(labels).map((pair) => labelValue(namespace, pair));
  cached.set(labels, { namespace, values });
  return values;
}

function labelValue(namespace: string | undefined, [key, value]: readonly [string, string]): string {
  return `${namespace}/${key}=${value}`;
}

/** The last pair in the order of keys: as good as any, and always the same. */
function leadingPair(selector: Labels | undefined): [string, string] | undefined {
  let chosen: [string, string] | undefined;
  for (const pair of Object.entries(selector ?? {})) if (!chosen || pair[0] > chosen[0]) chosen = pair;
  return chosen;
}

/** The pods of a namespace that a LabelSelector selects; found by one of its exact labels if it has any. Needs {@link indexByLabel}. */
export function podsSelectedBy(pods: Lister<Pod>, namespace: string, selector: LabelSelector | undefined): Stored<Pod>[] {
  const matches = labelPredicate(selector);
  const pair = leadingPair(selector?.matchLabels);
  if (pair) return pods.byIndex(LABEL_INDEX, labelValue(namespace, pair)).filter((pod) => matches(pod.metadata.labels));
  return [...pods.list()].filter((pod) => pod.metadata.namespace === namespace && matches(pod.metadata.labels));
}
