import type { Kernel } from '../sim/kernel.ts';
import type { ClusterOutput, Input, LoggedInput } from '../cluster/input.ts';
import type { StoreEvent } from '../etcd/store.ts';
import type { MachineRow } from '../protocol/rows.ts';

/** What the worker needs of a cluster. */
export interface ClusterSource {
  readonly kernel: Kernel;
  readonly store: { observe(listener: (event: StoreEvent) => void): () => void };
  readonly inputs: readonly LoggedInput[];
  perform(input: Input): void;
  complete(terminal: string, line: string, cursor: number): readonly string[];
  stateHash(): string;
  /** The machines as they are now; cheap enough to ask a few times a second. */
  machines(): readonly MachineRow[];
}

export interface CreatedCluster {
  readonly source: ClusterSource;
  readonly release: string;
  readonly seed: number;
}

/** Makes a cluster from the text of its document. Throws an error with a message for people if the text is no good. */
export type CreateCluster = (document: string, output: ClusterOutput) => CreatedCluster;
