import type { NetHost } from '../../net/fabric.ts';
import type { ImageLayer, ResolvedImage } from '../../images/image.ts';
import type { FileSystem } from '../../machine/files.ts';
import type { Reader, Writer } from '../../machine/program.ts';
import type { Task } from '../../sim/wait.ts';
import type { Console } from './console.ts';
import type { ContainerLog } from './log.ts';

/** A container engine's refusal; the message is the engine's own. */
export class RuntimeError extends Error {
  override name = 'RuntimeError';
}

/** A program that could not be run in a container. */
export class ExecError extends RuntimeError {
  /** What stands for it where an exit code is asked for: 126 or 127. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What the engine has to know about a pod. */
export interface SandboxConfig {
  readonly podUid: string;
  readonly podName: string;
  readonly namespace: string;
  /** 0 for the pod's first sandbox. */
  readonly attempt: number;
  readonly hostname: string;
  readonly hostNetwork: boolean;
}

/** A pod's network, held by a pause container. */
export interface Sandbox extends SandboxConfig {
  /** 64 hexadecimal digits, of the pause container. */
  readonly id: string;
  readonly state: 'ready' | 'notready';
  readonly createdMs: number;
  /** Empty once the sandbox has stopped. */
  readonly ip: string;
  readonly network: NetHost;
  /** Oldest first. */
  readonly containers: readonly Container[];
}

/** A folder of another file system at a place in a container's. */
export interface Mount {
  readonly path: string;
  readonly files: FileSystem;
  /** Where in `files` the mount's root is; '/' if left out. */
  readonly subPath?: string;
  readonly readOnly: boolean;
}

export type Env = readonly (readonly [string, string])[];

export interface ContainerConfig {
  readonly name: string;
  /** The container's restart count at its start. */
  readonly attempt: number;
  readonly image: ResolvedImage;
  /** Instead of the image's entry point; undefined or empty keeps it. */
  readonly command: readonly string[] | undefined;
  /** Instead of the image's command. */
  readonly args: readonly string[] | undefined;
  readonly workingDir: string | undefined;
  /** In order of precedence, later ones win; they may be shared between containers. The image's own comes before. */
  readonly env: readonly Env[];
  /** Whether standard input stays open for somebody to attach. */
  readonly stdin: boolean;
  readonly tty: boolean;
  /** The text of /etc/resolv.conf. */
  readonly resolvConf?: string;
}

/** What knows the volumes of a pod; asked when a program of a container first looks into its file system. */
export interface MountSource {
  mountsOf(container: string, podIp: string): readonly Mount[];
}

export type ContainerState = 'created' | 'running' | 'exited';

export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** The id as a pod's status has it: `docker://` before it. */
  readonly statusId: string;
  readonly name: string;
  readonly attempt: number;
  readonly image: ResolvedImage;
  readonly state: ContainerState;
  readonly createdMs: number;
  /** 0 before the start. */
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly exitCode: number;
  /** `Completed`, `Error`, `ContainerCannotRun`, `OOMKilled`; empty before the end. */
  readonly reason: string;
  readonly message: string;
  /** Undefined as long as nothing was written. */
  readonly log: ContainerLog | undefined;
}

/** An image that a machine has. */
export interface LocalImage {
  readonly resolved: ResolvedImage;
  /** `nginx:1.7.9` and the like. */
  readonly tags: readonly string[];
  readonly pulledMs: number;
}

export interface ExecStreams {
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
}

/**
 * A container engine as the kubelet sees it (the CRI). Calls take time, and throw
 * {@link RuntimeError} when the engine refuses or does not run. What runs outlives the caller.
 */
export interface Runtime {
  /** `docker`. */
  readonly name: string;
  readonly version: string;
  readonly running: boolean;
  /** Why pods can have no network yet; undefined if they can. */
  readonly networkProblem: string | undefined;
  /** Sets the range of which pods get their addresses. */
  configureNetwork(podCIDR: string): void;
  /** Calls back when something about a pod's containers has changed. Answers how to stop. */
  onChange(listener: (podUid: string) => void): () => void;

  images(): Iterable<LocalImage>;
  /** The image a machine has under a reference. Throws InvalidReference. */
  findImage(reference: string): ResolvedImage | undefined;
  /** Fetches what is missing; takes time by its size. Throws RuntimeError with the registry's refusal, InvalidReference. */
  pullImage(reference: string): Task<ResolvedImage>;
  removeImage(reference: string): Task<void>;

  pods(): Iterable<string>;
  /** A pod's sandboxes, newest last. */
  sandboxes(podUid: string): readonly Sandbox[];
  runPodSandbox(config: SandboxConfig): Task<Sandbox>;
  /** Kills what still runs in it and gives its address back. */
  stopPodSandbox(sandbox: Sandbox): Task<void>;
  removePodSandbox(sandbox: Sandbox): Task<void>;
  createContainer(sandbox: Sandbox, config: ContainerConfig, volumes?: MountSource): Task<Container>;
  startContainer(container: Container): Task<void>;
  /** SIGTERM, and SIGKILL after `graceMs`. Returns when the container has ended. */
  stopContainer(container: Container, graceMs: number): Task<void>;
  removeContainer(container: Container): Task<void>;
  /** A container's log, made if nothing was written yet. */
  openLog(container: Container): ContainerLog;
  /** Runs a program inside; its exit code. Throws RuntimeError, ExecError if it cannot be run. */
  exec(container: Container, command: readonly string[], streams: ExecStreams): Task<number>;
  /** The streams of a container's process 1; undefined if it does not run. */
  consoleOf(container: Container): Console | undefined;
  /** Returns when a container's process 1 has ended. */
  ended(container: Container): Task<void>;
}

/** What of an image's layers a machine does not have yet. */
export function missingBytes(layers: readonly ImageLayer[], present: ReadonlySet<string>): number {
  let bytes = 0;
  for (const layer of layers) if (!present.has(layer.id)) bytes += layer.sizeBytes;
  return bytes;
}
