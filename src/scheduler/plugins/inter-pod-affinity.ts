import { selectorFrom, type Selector } from '../../api/labels.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { MAX_SCORE, refuse, refuseForGood, type Cluster, type CycleState, type Plugin, type Refusal } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { WorkloadListers } from './listers.ts';

type GivenTerm = NonNullable<
  NonNullable<NonNullable<NonNullable<Pod['spec']>['affinity']>['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number];

const AFFINITY = refuseForGood("node(s) didn't match pod affinity rules");
const ANTI_AFFINITY = refuse("node(s) didn't match pod anti-affinity rules");
const EXISTING_ANTI_AFFINITY = refuse("node(s) didn't satisfy existing pods anti-affinity rules");
const FILTER_STATE = 'InterPodAffinity/filter';
const SCORE_STATE = 'InterPodAffinity/score';
/** What an existing pod's required affinity to the new pod counts for when scoring. */
const HARD_AFFINITY_WEIGHT = 1;

interface Term {
  readonly topologyKey: string;
  readonly weight: number;
  matches(pod: Stored<Pod>): boolean;
}

/** Pods counted by `topologyKey=value`. */
type Tally = Map<string, number>;

interface FilterState {
  readonly affinity: readonly Term[];
  readonly antiAffinity: readonly Term[];
  readonly affinityCounts: Tally;
  readonly antiAffinityCounts: Tally;
  /** Places where a pod that is there forbids this one. */
  readonly forbidden: Tally;
}

/** Terms parsed once for each pod object. */
const parsed = new WeakMap<object, Term>();

/** Pods near to or far from other pods, by topology: required terms filter, preferred ones score. */
export function interPodAffinity(listers: WorkloadListers): Plugin {
  const parse = (pod: Stored<Pod>, given: GivenTerm, weight: number): Term => {
    let term = parsed.get(given);
    if (!term) parsed.set(given, (term = parseTerm(listers, pod, given, weight)));
    return term;
  };
  const required = (pod: Stored<Pod>, kind: 'podAffinity' | 'podAntiAffinity'): Term[] =>
    (pod.spec?.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) =>
      parse(pod, term, HARD_AFFINITY_WEIGHT),
    );
  const preferred = (pod: Stored<Pod>, kind: 'podAffinity' | 'podAntiAffinity'): Term[] =>
    (pod.spec?.affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, podAffinityTerm }) =>
      parse(pod, podAffinityTerm, weight),
    );
  return {
    name: 'InterPodAffinity',
    retriesAfter: ['node-added', 'node-labels', 'pod-added', 'pod-labels', 'pod-removed'],
    preFilter(pod, cluster, state) {
      const affinity = required(pod.pod, 'podAffinity');
      const antiAffinity = required(pod.pod, 'podAntiAffinity');
      const forbidden: Tally = new Map();
      forEachPod(cluster, affinityOnly, (other, node) => {
        for (const term of required(other.pod, 'podAntiAffinity')) if (term.matches(pod.pod)) tally(forbidden, term, node, 1);
      });
      if (affinity.length + antiAffinity.length + forbidden.size === 0) return 'skip';
      const affinityCounts: Tally = new Map();
      const antiAffinityCounts: Tally = new Map();
      if (affinity.length + antiAffinity.length > 0) {
        forEachPod(cluster, everyPod, (other, node) => {
          if (affinity.length > 0 && affinity.every((term) => term.matches(other.pod)))
            for (const term of affinity) tally(affinityCounts, term, node, 1);
          for (const term of antiAffinity) if (term.matches(other.pod)) tally(antiAffinityCounts, term, node, 1);
        });
      }
      state.set(FILTER_STATE, { affinity, antiAffinity, affinityCounts, antiAffinityCounts, forbidden } satisfies FilterState);
      return undefined;
    },
    filter: (pod, node, state) => check(pod, node, state.get(FILTER_STATE) as FilterState),
    preScore(pod, _nodes, cluster, state) {
      const near = preferred(pod.pod, 'podAffinity');
      const far = preferred(pod.pod, 'podAntiAffinity');
      const counts: Tally = new Map();
      forEachPod(cluster, near.length + far.length > 0 ? everyPod : affinityOnly, (other, node) => {
        for (const term of near) if (term.matches(other.pod)) tally(counts, term, node, term.weight);
        for (const term of far) if (term.matches(other.pod)) tally(counts, term, node, -term.weight);
        for (const term of required(other.pod, 'podAffinity')) if (term.matches(pod.pod)) tally(counts, term, node, HARD_AFFINITY_WEIGHT);
        for (const term of preferred(other.pod, 'podAffinity')) if (term.matches(pod.pod)) tally(counts, term, node, term.weight);
        for (const term of preferred(other.pod, 'podAntiAffinity')) if (term.matches(pod.pod)) tally(counts, term, node, -term.weight);
      });
      if (counts.size === 0) return 'skip';
      state.set(SCORE_STATE, counts);
      return undefined;
    },
    score: scoreOf,
    normalize(scores) {
      const least = Math.min(...scores);
      const most = Math.max(...scores);
      for (let i = 0; i < scores.length; i++)
        scores[i] = most === least ? 0 : Math.trunc((MAX_SCORE * (scores[i]! - least)) / (most - least));
    },
  };
}

function scoreOf(_pod: PodInfo, node: NodeInfo, state: CycleState): number {
  let sum = 0;
  for (const [place, count] of state.get(SCORE_STATE) as Tally) {
    const at = place.indexOf('=');
    if (node.labels[place.slice(0, at)] === place.slice(at + 1)) sum += count;
  }
  return sum;
}

function check(pod: PodInfo, node: NodeInfo, state: FilterState): Refusal | undefined {
  const { affinity, antiAffinity, affinityCounts, antiAffinityCounts, forbidden } = state;
  let satisfied = true;
  for (const { topologyKey } of affinity) {
    if (node.labels[topologyKey] === undefined) return AFFINITY;
    if (!affinityCounts.get(`${topologyKey}=${node.labels[topologyKey]}`)) satisfied = false;
  }
  // The first pod of a group that wants its own company may go anywhere.
  if (!satisfied && !(affinityCounts.size === 0 && affinity.every((term) => term.matches(pod.pod)))) return AFFINITY;
  for (const { topologyKey } of antiAffinity)
    if (antiAffinityCounts.get(`${topologyKey}=${node.labels[topologyKey]}`)) return ANTI_AFFINITY;
  for (const place of forbidden.keys()) {
    const at = place.indexOf('=');
    if (node.labels[place.slice(0, at)] === place.slice(at + 1)) return EXISTING_ANTI_AFFINITY;
  }
  return undefined;
}

function affinityOnly(node: NodeInfo): Iterable<PodInfo> {
  return node.podsWithAffinity.values();
}

function everyPod(node: NodeInfo): Iterable<PodInfo> {
  return node.pods.values();
}

function forEachPod(cluster: Cluster, podsOf: (node: NodeInfo) => Iterable<PodInfo>, visit: (pod: PodInfo, node: NodeInfo) => void): void {
  for (const node of cluster.nodes) for (const pod of podsOf(node)) visit(pod, node);
}

function tally(counts: Tally, term: Term, node: NodeInfo, by: number): void {
  const value = node.labels[term.topologyKey];
  if (value === undefined) return;
  const place = `${term.topologyKey}=${value}`;
  counts.set(place, (counts.get(place) ?? 0) + by);
}

function parseTerm(listers: WorkloadListers, pod: Stored<Pod>, given: GivenTerm, weight: number): Term {
  const selector: Selector | undefined = given.labelSelector && selectorFrom(given.labelSelector);
  const namespaceSelector = given.namespaceSelector && selectorFrom(given.namespaceSelector);
  const namespaces = given.namespaces?.length || namespaceSelector ? (given.namespaces ?? []) : [pod.metadata.namespace!];
  return {
    topologyKey: given.topologyKey,
    weight,
    matches(other) {
      if (!selector?.matches(other.metadata.labels ?? {})) return false;
      const namespace = other.metadata.namespace!;
      if (namespaces.includes(namespace)) return true;
      return namespaceSelector?.matches(listers.namespaces.get(namespace)?.metadata.labels ?? {}) ?? false;
    },
  };
}
