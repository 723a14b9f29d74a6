import type { Group } from '../sim/group.ts';
import type { Task } from '../sim/wait.ts';
import type { Program, System } from '../machine/program.ts';

/** What runs in a container, seen from the program that is its process 1. */
export interface ContainerProcess {
  readonly system: System;
  readonly group: Group;
  /** Entry point and arguments after `command`, `args` and $(VAR) expansion; empty: the image's own. */
  readonly command: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  /** A line (or lines) of the container's log. */
  log(text: string, stream?: 'stdout' | 'stderr'): void;
  /** Resolves `SIGTERM`; a program that ignores it is killed after the grace period. */
  terminated(): Task<void>;
}

/** A container image: its facts, what its files and programs are, and what its process 1 does. */
export interface Image {
  /** Repository without tag: `nginx`, `luksa/kubia`. */
  readonly repository: string;
  /** Whether a tag exists in the registry. */
  hasTag(tag: string): boolean;
  /** Compressed size in bytes, for the pull's duration and node status. */
  sizeBytes(tag: string): number;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** Time from the start of the process to its first useful instant. */
  readonly startupMs: number;
  /** Programs found inside, by name. An image without a shell has no `sh`. */
  readonly programs: ReadonlyMap<string, Program>;
  /** Files of the image's layers, path to text. */
  readonly files: Readonly<Record<string, string>>;
  /** Runs process 1 with the image's default command; returns the exit code. Other commands run from `programs`. */
  main(container: ContainerProcess): Task<number>;
}
