import type { Rng } from '../sim/rng.ts';
import type { ClusterChange, CycleState, Plugin, Refusal } from './framework.ts';
import type { SchedulerCache } from './cache.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/** Of fewer nodes than this all that fit are scored (schedule_one.go minFeasibleNodesToFind). */
const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;
/** How many nodes that were nearly chosen are kept in the record. */
const RUNNERS_UP = 4;

/** A plugin in a profile; `weight` 0 does not score. */
export interface WeightedPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

/** What one node was told. */
export interface NodeVerdict {
  readonly node: string;
  readonly refusedBy?: string;
  readonly refusal?: Refusal;
  /** Each plugin's normalized score times its weight, in the order of {@link CycleRecord.plugins}. */
  readonly scores?: readonly number[];
}

/** What a cycle found out: the answer to "why here" and "why Pending". */
export interface CycleRecord {
  readonly pod: string;
  readonly atMs: number;
  readonly chosen: string | undefined;
  /** How many nodes would have done. */
  readonly feasible: number;
  /** The best nodes, best first, and those that refused. */
  readonly nodes: readonly NodeVerdict[];
  /** The plugins that scored. */
  readonly plugins: readonly string[];
  /** A refusal of the pod as a whole, before any node was looked at. */
  readonly refusal?: { readonly plugin: string; readonly refusal: Refusal };
}

export interface Outcome {
  readonly chosen: NodeInfo | undefined;
  readonly record: CycleRecord;
  /** For a refused pod: what may help. */
  readonly helpedBy: ReadonlySet<ClusterChange>;
}

/** Chooses a node for a pod: pre-filter, filter, pre-score, score; ties are broken at random. */
export class SchedulingCycle {
  private readonly plugins: readonly WeightedPlugin[];
  private readonly cache: SchedulerCache;
  private readonly rng: Rng;
  private nextStart = 0;
  /** Shared between the records of cycles. */
  private lastPlugins: readonly string[] = [];

  constructor(plugins: readonly WeightedPlugin[], cache: SchedulerCache, rng: Rng) {
    this.plugins = plugins;
    this.cache = cache;
    this.rng = rng;
  }

  run(pod: PodInfo, atMs: number): Outcome {
    const state: CycleState = new Map();
    const helpedBy = new Set<ClusterChange>();
    const filters: Plugin[] = [];
    for (const { plugin } of this.plugins) {
      const verdict = plugin.preFilter?.(pod, this.cache, state);
      if (verdict === 'skip') continue;
      if (verdict) {
        plugin.retriesAfter.forEach((change) => helpedBy.add(change));
        const refusal = { plugin: plugin.name, refusal: verdict };
        const record = { pod: pod.key, atMs, chosen: undefined, feasible: 0, nodes: [], plugins: [], refusal };
        return { chosen: undefined, record, helpedBy };
      }
      if (plugin.filter) filters.push(plugin);
    }
    const refused: NodeVerdict[] = [];
    const feasible = this.findFeasible(pod, filters, state, refused);
    if (feasible.length === 0) {
      for (const { refusedBy } of refused) {
        const { plugin } = this.plugins.find((weighted) => weighted.plugin.name === refusedBy)!;
        plugin.retriesAfter.forEach((change) => helpedBy.add(change));
      }
      if (refused.length === 0) helpedBy.add('node-added');
      return { chosen: undefined, record: { pod: pod.key, atMs, chosen: undefined, feasible: 0, nodes: refused, plugins: [] }, helpedBy };
    }
    const { chosen, plugins, best } = this.choose(pod, feasible, state);
    const nodes = best.concat(refused);
    return { chosen, record: { pod: pod.key, atMs, chosen: chosen.name, feasible: feasible.length, nodes, plugins }, helpedBy };
  }

  /** Looks at nodes in turn, from where the last cycle stopped, until enough fit. */
  private findFeasible(pod: PodInfo, filters: readonly Plugin[], state: CycleState, refused: NodeVerdict[]): NodeInfo[] {
    const { nodes } = this.cache;
    const wanted = enough(nodes.length);
    const feasible: NodeInfo[] = [];
    let looked = 0;
    while (looked < nodes.length && feasible.length < wanted) {
      const node = nodes[(this.nextStart + looked++) % nodes.length]!;
      const verdict = refusalOf(pod, node, filters, state);
      if (verdict) refused.push({ node: node.name, ...verdict });
      else feasible.push(node);
    }
    if (nodes.length > 0) this.nextStart = (this.nextStart + looked) % nodes.length;
    return feasible;
  }

  private choose(pod: PodInfo, feasible: readonly NodeInfo[], state: CycleState): Choice {
    if (feasible.length === 1) return { chosen: feasible[0]!, plugins: [], best: [{ node: feasible[0]!.name }] };
    const totals = new Array<number>(feasible.length).fill(0);
    const columns: { name: string; scores: number[] }[] = [];
    for (const { plugin, weight } of this.plugins) {
      if (!plugin.score || weight === 0 || plugin.preScore?.(pod, feasible, this.cache, state) === 'skip') continue;
      const scores = feasible.map((node) => plugin.score!(pod, node, state));
      plugin.normalize?.(scores, feasible, state);
      for (let i = 0; i < scores.length; i++) {
        scores[i]! *= weight;
        totals[i]! += scores[i]!;
      }
      columns.push({ name: plugin.name, scores });
    }
    let chosen = 0;
    let ties = 1;
    for (let i = 1; i < totals.length; i++) {
      if (totals[i]! > totals[chosen]!) {
        chosen = i;
        ties = 1;
      } else if (totals[i] === totals[chosen] && this.rng.int(1, ++ties) === 1) chosen = i;
    }
    let last: readonly number[] = [];
    const best = [chosen, ...runnersUp(totals, chosen)].map((i) => {
      const scores = columns.map((column) => column.scores[i]!);
      return { node: feasible[i]!.name, scores: (last = sameItems(last, scores) ? last : scores) };
    });
    const plugins = columns.map(({ name }) => name);
    return {
      chosen: feasible[chosen]!,
      plugins: (this.lastPlugins = sameItems(this.lastPlugins, plugins) ? this.lastPlugins : plugins),
      best,
    };
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

interface Choice {
  readonly chosen: NodeInfo;
  readonly plugins: readonly string[];
  readonly best: readonly NodeVerdict[];
}

/** The indexes of the greatest totals beside the chosen one, greatest first. */
function runnersUp(totals: readonly number[], chosen: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < totals.length; i++) {
    if (i === chosen || (best.length === RUNNERS_UP && totals[i]! <= totals[best.at(-1)!]!)) continue;
    let at = best.length;
    while (at > 0 && totals[best[at - 1]!]! < totals[i]!) at--;
    best.splice(at, 0, i);
    if (best.length > RUNNERS_UP) best.pop();
  }
  return best;
}

function refusalOf(
  pod: PodInfo,
  node: NodeInfo,
  filters: readonly Plugin[],
  state: CycleState,
): { refusedBy: string; refusal: Refusal } | undefined {
  for (const plugin of filters) {
    const refusal = plugin.filter!(pod, node, state);
    if (refusal) return { refusedBy: plugin.name, refusal };
  }
  return undefined;
}

/** numFeasibleNodesToFind with the adaptive default of percentageOfNodesToScore. */
function enough(nodes: number): number {
  if (nodes < MIN_FEASIBLE_NODES) return nodes;
  const percentage = Math.max(MIN_PERCENTAGE, 50 - Math.trunc(nodes / 125));
  return Math.max(MIN_FEASIBLE_NODES, Math.trunc((nodes * percentage) / 100));
}

/** The text of a FitError with the outcome of preemption: `0/4 nodes are available: ...`. */
export function explainFailure(record: CycleRecord, nodeCount: number): string {
  const head = `0/${nodeCount} nodes are available:`;
  if (record.refusal) return `${head} ${record.refusal.refusal.reasons.join(', ')}. not found`;
  if (record.nodes.length === 0) return 'no nodes available to schedule pods';
  const reasons = histogram(record.nodes.flatMap((verdict) => verdict.refusal!.reasons));
  const preemption = histogram(
    record.nodes.map(({ refusal }) =>
      refusal!.unresolvable ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
    ),
  );
  return `${head} ${reasons}. no new claims to deallocate, preemption: ${head} ${preemption}.`;
}

function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const lines = [...counts].map(([reason, count]) => `${count} ${reason}`);
  return lines.sort((a, b) => (a < b ? -1 : 1)).join(', ');
}
