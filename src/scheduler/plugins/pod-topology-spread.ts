import { selectorFrom, type Selector } from '../../api/labels.ts';
import { naturalLog } from '../../base/log.ts';
import { MAX_SCORE, refuse, refuseForGood, type Cluster, type CycleState, type Plugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { WorkloadListers } from './listers.ts';
import { defaultSelector } from './default-selector.ts';
import { matchesNode } from './node-affinity.ts';
import { tolerates } from './tolerations.ts';

const REFUSAL = refuse("node(s) didn't match pod topology spread constraints");
const REFUSAL_WITHOUT_LABEL = refuseForGood("node(s) didn't match pod topology spread constraints (missing required label)");
const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const FILTER_STATE = 'PodTopologySpread/filter';
const SCORE_STATE = 'PodTopologySpread/score';

interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly selectorKey: string;
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

interface FilterConstraint {
  readonly constraint: Constraint;
  /** Matching pods by value of the topology key. */
  readonly domains: ReadonlyMap<string, number>;
  readonly leastMatching: number;
  readonly selfMatches: boolean;
}

interface ScoreState {
  readonly constraints: readonly { constraint: Constraint; domains: ReadonlyMap<string, number>; weight: number }[];
  /** Constraints of the system's own do not leave out nodes without their labels. */
  readonly requireLabels: boolean;
}

function constraintsOf(pod: PodInfo, when: 'DoNotSchedule' | 'ScheduleAnyway'): Constraint[] {
  const constraints: Constraint[] = [];
  for (const given of pod.spec.topologySpreadConstraints ?? []) {
    if (given.whenUnsatisfiable !== when) continue;
    const extra = (given.matchLabelKeys ?? []).filter((key) => pod.pod.metadata.labels?.[key] !== undefined);
    const labels = Object.fromEntries(extra.map((key) => [key, pod.pod.metadata.labels![key]!]));
    const selector = selectorFrom({ ...given.labelSelector, matchLabels: { ...given.labelSelector?.matchLabels, ...labels } });
    constraints.push({
      maxSkew: given.maxSkew,
      topologyKey: given.topologyKey,
      selector,
      selectorKey: selector.toString(),
      minDomains: given.minDomains ?? 1,
      honorAffinity: given.nodeAffinityPolicy !== 'Ignore',
      honorTaints: given.nodeTaintsPolicy === 'Honor',
    });
  }
  return constraints;
}

function counts(node: NodeInfo, pod: PodInfo, constraint: Constraint): boolean {
  if (constraint.honorAffinity && !matchesNode(pod.spec, node)) return false;
  return (
    !constraint.honorTaints || node.taints.every((taint) => taint.effect === 'PreferNoSchedule' || tolerates(pod.spec.tolerations, taint))
  );
}

/** Counts matching pods by topology value over the nodes that have all the keys. */
function countDomains(cluster: Cluster, pod: PodInfo, constraint: Constraint, eligible: (node: NodeInfo) => boolean): Map<string, number> {
  const byNode = cluster.countPods(pod.pod.metadata.namespace!, constraint.selectorKey, (other) =>
    constraint.selector.matches(other.metadata.labels ?? {}),
  );
  const domains = new Map<string, number>();
  for (const node of cluster.nodes) {
    const value = node.labels[constraint.topologyKey];
    if (value === undefined || !eligible(node) || !counts(node, pod, constraint)) continue;
    domains.set(value, (domains.get(value) ?? 0) + (byNode.get(node.name) ?? 0));
  }
  return domains;
}

/** Spreads pods over zones and hosts: by the pod's constraints, else by Kubernetes' system defaults. */
export function podTopologySpread(listers: WorkloadListers): Plugin {
  return {
    name: 'PodTopologySpread',
    retriesAfter: ['node-added', 'node-labels', 'node-taints', 'pod-added', 'pod-labels', 'pod-removed'],
    preFilter(pod, cluster, state) {
      const constraints = constraintsOf(pod, 'DoNotSchedule');
      if (constraints.length === 0) return 'skip';
      const eligible = (node: NodeInfo) => constraints.every(({ topologyKey }) => node.labels[topologyKey] !== undefined);
      state.set(
        FILTER_STATE,
        constraints.map((constraint): FilterConstraint => {
          const domains = countDomains(cluster, pod, constraint, eligible);
          const least = domains.size < constraint.minDomains ? 0 : Math.min(...domains.values());
          return { constraint, domains, leastMatching: least, selfMatches: constraint.selector.matches(pod.pod.metadata.labels ?? {}) };
        }),
      );
      return undefined;
    },
    filter(_pod, node, state) {
      for (const { constraint, domains, leastMatching, selfMatches } of state.get(FILTER_STATE) as FilterConstraint[]) {
        const value = node.labels[constraint.topologyKey];
        if (value === undefined) return REFUSAL_WITHOUT_LABEL;
        const skew = (domains.get(value) ?? 0) + (selfMatches ? 1 : 0) - leastMatching;
        if (skew > constraint.maxSkew) return REFUSAL;
      }
      return undefined;
    },
    preScore: (pod, nodes, cluster, state) => prepareScore(listers, pod, nodes, cluster, state),
    score,
    normalize,
  };
}

function prepareScore(
  listers: WorkloadListers,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  cluster: Cluster,
  state: CycleState,
): 'skip' | undefined {
  const own = (pod.spec.topologySpreadConstraints?.length ?? 0) > 0;
  const constraints = own ? constraintsOf(pod, 'ScheduleAnyway') : defaultConstraints(listers, pod);
  if (constraints.length === 0) return 'skip';
  const eligible = (node: NodeInfo) => !own || constraints.every(({ topologyKey }) => node.labels[topologyKey] !== undefined);
  const scored: ScoreState = {
    requireLabels: own,
    constraints: constraints.map((constraint) => {
      const values = new Set<string>();
      for (const node of nodes) {
        const value = node.labels[constraint.topologyKey];
        if (value !== undefined && eligible(node)) values.add(value);
      }
      return { constraint, domains: countDomains(cluster, pod, constraint, eligible), weight: naturalLog(values.size + 2) };
    }),
  };
  state.set(SCORE_STATE, scored);
  return undefined;
}

/** The system defaults: at most 3 more on a host, 5 more in a zone, both only wished for. */
function defaultConstraints(listers: WorkloadListers, pod: PodInfo): Constraint[] {
  const selector = defaultSelector(listers, pod.pod);
  if (!selector) return [];
  const common = { selector, selectorKey: selector.toString(), minDomains: 1, honorAffinity: true, honorTaints: false };
  return [
    { ...common, maxSkew: 3, topologyKey: HOSTNAME },
    { ...common, maxSkew: 5, topologyKey: ZONE },
  ];
}

const IGNORED = -1;

function score(_pod: PodInfo, node: NodeInfo, state: CycleState): number {
  const { constraints, requireLabels } = state.get(SCORE_STATE) as ScoreState;
  let sum = 0;
  for (const { constraint, domains, weight } of constraints) {
    const value = node.labels[constraint.topologyKey];
    if (value === undefined) {
      if (requireLabels) return IGNORED;
      continue;
    }
    sum += (domains.get(value) ?? 0) * weight + (constraint.maxSkew - 1);
  }
  return Math.round(sum);
}

function normalize(scores: number[]): void {
  let least = Infinity;
  let most = 0;
  for (const score of scores) {
    if (score === IGNORED) continue;
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (score === IGNORED) scores[i] = 0;
    else scores[i] = most === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (most + least - score)) / most);
  }
}
