import type { Node } from '../../api/kinds.ts';

export type ZoneState = 'Initial' | 'Normal' | 'FullDisruption' | 'PartialDisruption';

export interface EvictionRates {
  /** Nodes a second in a healthy zone. */
  readonly primary: number;
  /** Nodes a second in an unhealthy, large zone. */
  readonly secondary: number;
  /** A zone of more nodes than this is large. */
  readonly largeThreshold: number;
  /** The share of nodes not ready from which a zone is unhealthy. */
  readonly unhealthyThreshold: number;
}

/** The zone of a node, as a key: region and zone. */
export function zoneOf(node: Node): string {
  const labels = node.metadata?.labels ?? {};
  return `${labels['topology.kubernetes.io/region'] ?? ''}:\u0000:${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

/** How a zone is (node_lifecycle_controller.go ComputeZoneState). */
export function zoneState(ready: number, notReady: number, rates: EvictionRates): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  if (notReady > 2 && notReady / (ready + notReady) >= rates.unhealthyThreshold) return 'PartialDisruption';
  return 'Normal';
}

/** Nodes a second that may be tainted for eviction in a zone. */
export function evictionRate(state: ZoneState, nodes: number, rates: EvictionRates): number {
  if (state === 'PartialDisruption') return nodes > rates.largeThreshold ? rates.secondary : 0;
  return rates.primary;
}
