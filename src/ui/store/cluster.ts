import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { ClockState, HistoryPoint, LoggedInput, OpenedCluster, Problem } from '../../protocol/messages.ts';
import type { Row } from '../../protocol/rows.ts';
import { Model, NO_VERSIONS } from './model.ts';
import type { RowKind, Versions } from './model.ts';

export type Status =
  | { readonly name: 'loading' }
  | { readonly name: 'boot' | 'replay'; readonly fraction: number }
  | { readonly name: 'live' }
  | { readonly name: 'crashed'; readonly problem: Problem; readonly stack: string; readonly at: HistoryPoint };

export interface ClusterState {
  readonly status: Status;
  readonly cluster: OpenedCluster | undefined;
  readonly clock: ClockState;
  /** Raised by one when rows of a kind have changed. */
  readonly versions: Versions;
}

export const NO_CLOCK: ClockState = { nowMs: 0, epochMs: 0, events: 0, paused: true, speed: 1, achieved: 0, eventsPerSecond: 0 };

export interface RowChange {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

type ChangeListener = (changes: readonly RowChange[]) => void;

/** What is shown of the cluster: its rows in {@link model}, everything else in a store. */
export const clusterStore = createStore<ClusterState>(() => ({
  status: { name: 'loading' },
  cluster: undefined,
  clock: NO_CLOCK,
  versions: NO_VERSIONS,
}));

export let model = new Model();
/** All inputs so far, kept here too so that a crashed worker can be replaced. */
export let log: LoggedInput[] = [];

const changeListeners = new Set<ChangeListener>();
const resetListeners = new Set<() => void>();
let pendingRows = new Map<string, Row | undefined>();
let pendingClock: ClockState | undefined;
let frameIsDue = false;

/** Follows every change of a row, batched by animation frame, before the store's listeners hear of it. */
export function onRowChanges(listener: ChangeListener, onReset: () => void): () => void {
  changeListeners.add(listener);
  resetListeners.add(onReset);
  return () => {
    changeListeners.delete(listener);
    resetListeners.delete(onReset);
  };
}

/** A new cluster: nothing of the old one remains. */
export function resetCluster(cluster: OpenedCluster, clock: ClockState): void {
  model = new Model();
  log = [];
  pendingRows = new Map();
  pendingClock = undefined;
  for (const listener of resetListeners) listener();
  clusterStore.setState({
    cluster,
    clock,
    status: { name: cluster.from === 'link' || cluster.from === 'log' ? 'replay' : 'boot', fraction: 0 },
  });
  receiveRows(cluster.machines, [], clock);
}

/** Takes in a diff; it is shown with the next animation frame. */
export function receiveRows(rows: readonly Row[], gone: readonly string[], clock: ClockState): void {
  for (const row of rows) pendingRows.set(row.key, row);
  for (const key of gone) pendingRows.set(key, undefined);
  pendingClock = clock;
  if (frameIsDue) return;
  frameIsDue = true;
  requestAnimationFrame(applyPending);
}

function applyPending(): void {
  frameIsDue = false;
  const changed = new Set<RowKind>();
  const changes: RowChange[] = [];
  for (const [key, after] of pendingRows) {
    const before = after ? model.set(after) : model.remove(key);
    const kind = (after ?? before)?.kind;
    if (!kind) continue;
    changed.add(kind);
    changes.push({ before, after });
  }
  pendingRows = new Map();
  if (changes.length) for (const listener of changeListeners) listener(changes);
  clusterStore.setState((state) => {
    const versions = { ...state.versions };
    for (const kind of changed) versions[kind]++;
    return { versions: changed.size ? versions : state.versions, clock: pendingClock ?? state.clock };
  });
}

export function useCluster<T>(selector: (state: ClusterState) => T): T {
  return useStore(clusterStore, selector);
}

/** Renders again when rows of a kind change. */
export function useVersion(kind: RowKind): number {
  return useStore(clusterStore, (state) => state.versions[kind]);
}

/** The present row at a key; renders again when that row changes. */
export function useRow<T extends Row = Row>(key: string | undefined): T | undefined {
  return useStore(clusterStore, () => (key === undefined ? undefined : (model.rows.get(key) as T | undefined)));
}
