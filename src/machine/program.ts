import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { CLOSED } from '../sim/sync.ts';
import type { Task } from '../sim/wait.ts';
import type { Fabric, NetHost } from '../net/fabric.ts';
import type { FileSystem } from './files.ts';
import type { JournalLine, UnitStatus } from './units.ts';

/** Where a program reads. Text, in whatever chunks it was written. */
export interface Reader {
  readonly isTerminal: boolean;
  /** The next chunk, or CLOSED at the end. */
  read(): Task<string | typeof CLOSED>;
  /** The next line without its newline, or undefined at the end. */
  readLine(): Task<string | undefined>;
  readAll(): Task<string>;
}

/** Where a program writes. Waits while the reader is far behind; throws BrokenPipe when nobody reads any more. */
export interface Writer {
  readonly isTerminal: boolean;
  write(text: string): Task<void>;
}

/** Writing to a pipe whose reader is gone. A program that does not catch it ends with 141 (SIGPIPE). */
export class BrokenPipe extends Error {
  override name = 'BrokenPipe';
}

/**
 * What a program finds around it, be it on a machine or in a container: a root file system,
 * a network identity, and the programs that can be run by name or path.
 */
export interface System {
  readonly kernel: Kernel;
  readonly hostname: string;
  readonly files: FileSystem;
  readonly network: NetHost;
  readonly fabric: Fabric;
  /** Executables by bare name (`kubectl`, `sed`), as found through $PATH. */
  readonly programs: ReadonlyMap<string, Program>;
  /** Another machine's system, for ssh; undefined if there is none of that name or it is off. */
  peer(name: string): System | undefined;
  /** Services (systemd units) of a machine; a container has none. */
  readonly units: Units | undefined;
}

export type UnitState = 'active' | 'inactive' | 'failed' | 'activating';

/** The systemd of a machine. Errors are texts as systemctl prints them. */
export interface Units {
  names(): readonly string[];
  state(name: string): UnitState | undefined;
  status(name: string): UnitStatus | undefined;
  isEnabled(name: string): boolean;
  enable(name: string): void;
  disable(name: string): void;
  start(name: string): Task<void>;
  stop(name: string): Task<void>;
  restart(name: string): Task<void>;
  /** Oldest line first. */
  journal(name: string): readonly JournalLine[];
}

export interface ProgramContext {
  readonly system: System;
  readonly kernel: Kernel;
  /** The group of the program's process; what it spawns lives there and ends with it. */
  readonly group: Group;
  /** The name it was called by. */
  readonly name: string;
  /** Arguments without the name. */
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  /** Absolute path. */
  readonly cwd: string;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
}

/** An executable: runs as a kernel process and returns its exit code (0-255). */
export type Program = (context: ProgramContext) => Task<number>;
