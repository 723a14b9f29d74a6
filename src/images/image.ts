import type { Group } from '../sim/group.ts';
import type { Task } from '../sim/wait.ts';
import type { FileLayer } from '../machine/memory-files.ts';
import type { Program, Reader, System, Writer } from '../machine/program.ts';

/** What runs in a container, seen from the program that is its process 1. */
export interface ContainerProcess {
  readonly system: System;
  readonly group: Group;
  /** Entry point and arguments after `command`, `args` and $(VAR) expansion. */
  readonly command: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  /** At its end unless the container keeps its standard input open. */
  readonly stdin: Reader;
  /** The container's log, for programs that write in chunks. */
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** Lines of the container's log, without the last newline. */
  log(text: string, stream?: 'stdout' | 'stderr'): void;
  /** Returns at SIGTERM; a program that does not ask is killed after the grace period. */
  terminated(): Task<void>;
}

/**
 * What a program becomes that from now on only answers the network: its process ends, what it
 * serves goes on, and at SIGTERM it ends with the given code; undefined: it has to be killed.
 */
export interface Resident {
  readonly exitCodeOnTermination: number | undefined;
}

/** Ignores SIGTERM, as programs without a handler do when they are process 1. */
export const DEAF: Resident = { exitCodeOnTermination: undefined };
/** Ends in good order. */
export const POLITE: Resident = { exitCodeOnTermination: 0 };

/** A layer of an image as a registry stores it; one that a machine has is not pulled again. */
export interface ImageLayer {
  readonly id: string;
  /** Compressed. */
  readonly sizeBytes: number;
}

/** A container image: its facts, what its files and programs are, and what its process 1 does. */
export interface Image {
  /** Repository without tag as people write it: `nginx`, `luksa/kubia`. */
  readonly repository: string;
  /** Whether a tag exists in the registry. */
  hasTag(tag: string): boolean;
  /** From the base up. Their compressed sizes add up to what node status and pull events call the image's size. */
  layers(tag: string): readonly ImageLayer[];
  /** The image under a tag whose contents differ in more than their size. */
  at?(tag: string): Image;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** Other names under which process 1 is `main` when a command calls it: `nginx`, `node`. */
  readonly executables?: readonly string[];
  /** Nobody knows which programs it has: one that is not in `programs` is taken to be there and to behave as `main`. */
  readonly unknownContents?: boolean;
  /** Programs found inside, by name. An image without a shell has no `sh`. */
  readonly programs: ReadonlyMap<string, Program>;
  /** Files of the image's layers; shared by all its containers. */
  readonly files: FileLayer;
  /**
   * Runs process 1 with the image's default command; returns the exit code, or what stays when there
   * is nothing more to do by itself. `container.command` has the arguments. Other commands run from `programs`.
   */
  main(container: ContainerProcess): Task<number | Resident>;
}

/** An image under a tag, as a registry answers it. */
export interface ResolvedImage {
  readonly image: Image;
  /** `nginx:1.7.9`; a reference by digest has no tag: `nginx@sha256:...`. */
  readonly familiarName: string;
  /** `nginx@sha256:...`. */
  readonly repoDigest: string;
  /** `sha256:...` of the image's configuration. */
  readonly id: string;
  readonly layers: readonly ImageLayer[];
  readonly sizeBytes: number;
}
