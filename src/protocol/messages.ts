import type { AppliedDocument, Input, InputFile, LoggedInput } from '../cluster/input.ts';
import type { MachineRow, Row } from './rows.ts';
import type { HistoryPoint } from '../cluster/replay.ts';

export type { HistoryPoint, AppliedDocument, Input, InputFile, LoggedInput };

/** Virtual seconds a real second; `max` is as fast as the machine can. */
export type Speed = number | 'max';

/** Where a cluster comes from. */
export type OpenSource =
  /** The small cluster of a first visit, with something already going on. */
  | { readonly from: 'welcome' }
  /** A cluster document in YAML. */
  | { readonly from: 'document'; readonly text: string }
  /** The fragment of a link, without its `#`. */
  | { readonly from: 'link'; readonly payload: string }
  /** A history the page has kept: replayed up to `until`, or to its end. */
  | { readonly from: 'log'; readonly document: string; readonly log: readonly LoggedInput[]; readonly until?: HistoryPoint };

export type ClockAction =
  | { readonly action: 'pause' }
  | { readonly action: 'play' }
  | { readonly action: 'speed'; readonly speed: Speed }
  | { readonly action: 'step-event' }
  | { readonly action: 'step-ms'; readonly ms: number };

/** What the page asks of the worker. Messages with an `id` are answered by one that carries it. */
export type PageMessage =
  | { readonly type: 'open'; readonly id: number; readonly source: OpenSource }
  /** Inputs that are answered carry the same id inside. */
  | { readonly type: 'input'; readonly id?: number; readonly input: Input }
  | { readonly type: 'clock'; readonly clock: ClockAction }
  /** The whole object at a key of the store, as YAML. */
  | { readonly type: 'fetch'; readonly id: number; readonly key: string }
  | { readonly type: 'complete'; readonly id: number; readonly terminal: string; readonly line: string; readonly cursor: number }
  | { readonly type: 'share'; readonly id: number; readonly files: readonly InputFile[] }
  /** For tests of what the page shows when the worker fails. */
  | { readonly type: 'fail'; readonly message: string };

/** What went wrong, for people: what, where and what would be right. */
export interface Problem {
  readonly title: string;
  readonly detail: string;
}

export interface ClockState {
  /** Virtual milliseconds since the cluster was created. */
  readonly nowMs: number;
  /** The cluster's own time, milliseconds since the epoch. */
  readonly epochMs: number;
  readonly events: number;
  readonly paused: boolean;
  readonly speed: Speed;
  /** Virtual seconds a real second, measured over the last while. */
  readonly achieved: number;
  readonly eventsPerSecond: number;
}

export interface OpenedCluster {
  readonly release: string;
  readonly seed: number;
  readonly machines: readonly MachineRow[];
  /** The cluster document as text, to be handed back with the log. */
  readonly document: string;
  readonly log: readonly LoggedInput[];
  readonly files: readonly InputFile[];
  readonly from: OpenSource['from'];
}

/** What the worker tells the page. */
export type WorkerMessage =
  | { readonly type: 'opened'; readonly id: number; readonly cluster: OpenedCluster; readonly clock: ClockState }
  | { readonly type: 'open-failed'; readonly id: number; readonly problem: Problem }
  /** How far a boot or a replay is, 0 to 1. */
  | { readonly type: 'progress'; readonly stage: 'boot' | 'replay'; readonly fraction: number }
  /** The boot or the replay is over; time passes as the clock says. */
  | { readonly type: 'live' }
  /** Rows that are new or changed, and keys that are gone. */
  | { readonly type: 'diff'; readonly rows: readonly Row[]; readonly gone: readonly string[]; readonly clock: ClockState }
  | { readonly type: 'logged'; readonly entry: LoggedInput }
  | { readonly type: 'terminal-output'; readonly terminal: string; readonly text: string }
  /** Without a prompt: a program runs. */
  | { readonly type: 'terminal-prompt'; readonly terminal: string; readonly prompt: string | undefined }
  | { readonly type: 'terminal-closed'; readonly terminal: string; readonly exitCode: number }
  | { readonly type: 'applied'; readonly id: number; readonly documents: readonly AppliedDocument[] }
  | { readonly type: 'responded'; readonly id: number; readonly status: number; readonly body: string }
  | { readonly type: 'http-head'; readonly exchange: string; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly type: 'http-chunk'; readonly exchange: string; readonly text: string }
  | { readonly type: 'http-end'; readonly exchange: string }
  | { readonly type: 'fetched'; readonly id: number; readonly key: string; readonly yaml: string | undefined }
  | { readonly type: 'completed'; readonly id: number; readonly candidates: readonly string[] }
  | { readonly type: 'shared'; readonly id: number; readonly payload: string; readonly stateHash: string; readonly at: HistoryPoint }
  | { readonly type: 'share-failed'; readonly id: number; readonly problem: Problem }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly problem: Problem }
  /** The simulation threw. Nothing more will come of this cluster. */
  | { readonly type: 'crashed'; readonly problem: Problem; readonly stack: string; readonly at: HistoryPoint };
