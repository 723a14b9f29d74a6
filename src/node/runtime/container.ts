import { flat } from '../../base/flat.ts';
import { Future } from '../../sim/sync.ts';
import { FileError, type FileSystem } from '../../machine/files.ts';
import { MemoryFiles } from '../../machine/memory-files.ts';
import { processesOf } from '../../machine/processes.ts';
import { BrokenPipe } from '../../machine/program.ts';
import { findExecutable } from '../../machine/lookup.ts';
import { CallbackWriter, emptyReader } from '../../machine/streams.ts';
import { NetError } from '../../net/fabric.ts';
import { findProgram, runProgram } from '../../images/run.ts';
import { Console } from './console.ts';
import { ContainerLog } from './log.ts';
import { MountedFiles } from './mounted-files.ts';
import type { Fabric, NetHost } from '../../net/fabric.ts';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Task } from '../../sim/wait.ts';
import type { ContainerProcess, Resident, ResolvedImage } from '../../images/image.ts';
import type { Program, Reader, System, Writer } from '../../machine/program.ts';
import type { Container, ContainerConfig, ContainerState, MountSource } from './runtime.ts';
import type { DockerSandbox } from './sandbox.ts';

const FIRST_PID = 1;
const ID_PREFIX = 'docker://';

/** A container on the disk of a machine. While it runs it also has a {@link RunningContainer}. */
export class DockerContainer implements Container {
  readonly statusId: string;
  readonly config: ContainerConfig;
  readonly volumes: MountSource | undefined;
  readonly sandbox: DockerSandbox;
  readonly createdMs: number;
  state: ContainerState = 'created';
  startedMs = 0;
  finishedMs = 0;
  exitCode = 0;
  reason = '';
  message = '';
  log: ContainerLog | undefined;
  live: RunningContainer | undefined;
  /** Made when somebody looks; kept over restarts of the engine. */
  files: FileSystem | undefined;

  constructor(id: string, config: ContainerConfig, volumes: MountSource | undefined, sandbox: DockerSandbox, createdMs: number) {
    this.statusId = flat(ID_PREFIX + id);
    this.config = config;
    this.volumes = volumes;
    this.sandbox = sandbox;
    this.createdMs = createdMs;
  }

  get id(): string {
    return this.statusId.slice(ID_PREFIX.length);
  }

  get name(): string {
    return this.config.name;
  }

  get attempt(): number {
    return this.config.attempt;
  }

  get image(): ResolvedImage {
    return this.config.image;
  }

  /** What process 1 is: the entry point and arguments after overrides. */
  get command(): readonly string[] {
    const { command, args, image } = this.config;
    if (command && command.length > 0) return args ? [...command, ...args] : command;
    const { entrypoint, cmd } = image.image;
    return [...entrypoint, ...(args && args.length > 0 ? args : cmd)];
  }
}

/** The processes of a container, and what they see around them. */
export class RunningContainer implements ContainerProcess, System {
  readonly fabric: Fabric;
  readonly group: Group;
  private readonly container: DockerContainer;
  /** Resolved when process 1 has ended; made when somebody waits. */
  ended: Future<void> | undefined;
  private termination: Future<void> | undefined;
  stopRequested = false;
  /** Set when process 1 has become a resident. */
  resident: Resident | undefined;
  private terminal: Console | undefined;

  constructor(container: DockerContainer, fabric: Fabric, group: Group) {
    this.container = container;
    this.fabric = fabric;
    this.group = group;
  }

  get kernel(): Kernel {
    return this.group.kernel;
  }

  get system(): System {
    return this;
  }

  get hostname(): string {
    return this.container.sandbox.hostname;
  }

  get network(): NetHost {
    return this.container.sandbox.network;
  }

  get programs(): ReadonlyMap<string, Program> {
    return this.container.image.image.programs;
  }

  get units(): undefined {
    return undefined;
  }

  get command(): readonly string[] {
    return this.container.command;
  }

  get files(): FileSystem {
    return (this.container.files ??= this.makeFiles());
  }

  get env(): ReadonlyMap<string, string> {
    const { config, image } = this.container;
    const env = new Map(Object.entries(image.image.env));
    env.set('HOSTNAME', this.hostname);
    for (const list of config.env) for (const [name, value] of list) env.set(name, value);
    if (!env.has('HOME')) env.set('HOME', '/root');
    return env;
  }

  get workingDir(): string {
    return this.container.config.workingDir || this.container.image.image.workingDir || '/';
  }

  get stdin(): Reader {
    return (this.container.config.stdin && this.console.input?.reader) || emptyReader();
  }

  /** Process 1's streams, for those who attach. */
  get console(): Console {
    const { stdin, tty } = this.container.config;
    return (this.terminal ??= new Console(stdin, tty, (text) => this.writeLog(text)));
  }

  get stdout(): Writer {
    const tty = this.container.config.tty ? this.console.input?.tty : undefined;
    if (tty) return tty.writer;
    return new CallbackWriter((text) => {
      this.writeLog(text);
      this.terminal?.tell(text);
    });
  }

  get stderr(): Writer {
    return this.stdout;
  }

  peer(): undefined {
    return undefined;
  }

  log(text: string): void {
    (this.container.log ??= new ContainerLog()).add(text, this.kernel.epochMs());
    this.terminal?.tell(`${text}\n`);
  }

  terminated(): Task<void> {
    this.termination ??= new Future<void>();
    if (this.stopRequested) this.termination.resolve();
    return this.termination.wait();
  }

  /** SIGTERM. */
  terminate(): void {
    this.stopRequested = true;
    this.termination?.resolve();
  }

  /** The body of process 1. */
  body(): Task<number | Resident> {
    const { image } = this.container;
    return this.runsImage() ? image.image.main(this) : runProgram(this, this.command, this.workingDir)!;
  }

  /** The exit code of a program that did not catch an error. What the world did to it is its failure; a bug is thrown on. */
  exitCodeOf(error: unknown): number {
    if (error instanceof BrokenPipe) return 141;
    if (!(error instanceof FileError) && !(error instanceof NetError)) throw error;
    this.log(`${this.command[0]}: ${error.message}`);
    return 1;
  }

  /** Why process 1 cannot be started, in runc's words; undefined if it can. */
  startProblem(): { exitCode: number; message: string } | undefined {
    return this.runsImage() ? undefined : execProblem(this, this.workingDir, this.command[0] ?? '');
  }

  /** Runs another program inside. */
  exec(
    command: readonly string[],
    group: Group,
    streams: Pick<ContainerProcess, 'stdin' | 'stdout' | 'stderr'>,
    signal: (name: string) => void,
  ): Task<number> {
    this.listMain(signal);
    const { env } = this;
    const inside: ContainerProcess = {
      system: this,
      group,
      command,
      env: streams.stdin.isTerminal ? new Map([...env, ['TERM', 'xterm']]) : env,
      ...streams,
      log: () => {},
      terminated: () => this.terminated(),
    };
    return runProgram(inside, command, this.workingDir)!;
  }

  /** Enters process 1 into the process table for the first program that could look into it; a shell has done so itself. */
  private listMain(signal: (name: string) => void): void {
    const table = processesOf(this);
    if (table.get(FIRST_PID)) return;
    const { container } = this;
    table.add((pid) => ({
      pid,
      parentPid: 0,
      command: container.command.join(' '),
      startedMs: container.startedMs,
      tty: container.config.tty ? 'pts/0' : '?',
      signal,
    }));
  }

  /** Whether process 1 is the image's own program rather than one of those found in it. */
  private runsImage(): boolean {
    const {
      config,
      image: { image },
    } = this.container;
    const hasCommand = config.command !== undefined && config.command.length > 0;
    const hasArgs = config.args !== undefined && config.args.length > 0;
    if (!hasCommand && (!hasArgs || image.entrypoint.length > 0)) return true;
    const name = this.command[0]!;
    if (image.executables?.includes(name)) return true;
    return image.unknownContents === true && !findProgram(this.programs, name);
  }

  private writeLog(text: string): void {
    (this.container.log ??= new ContainerLog()).write(text, this.kernel.epochMs());
  }

  private makeFiles(): FileSystem {
    const own = new MemoryFiles(this.kernel, { base: this.container.image.image.files });
    const { ip, hostname, hostNetwork } = this.container.sandbox;
    own.write('/etc/hostname', `${hostname}\n`);
    own.write('/etc/hosts', hostsFile(hostNetwork ? '' : `${ip}\t${hostname}\n`));
    const { resolvConf } = this.container.config;
    if (resolvConf !== undefined) own.write('/etc/resolv.conf', resolvConf);
    const { name, volumes } = this.container;
    const mounts = volumes?.mountsOf(name, ip) ?? [];
    return mounts.length === 0 ? own : new MountedFiles(own, mounts);
  }
}

/** kubelet_pods.go, managedHostsFileContent. */
function hostsFile(own: string): string {
  return `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${own}`;
}

/** What runc says when a program cannot be executed. */
export function execProblem(system: System, cwd: string, name: string): { exitCode: number; message: string } | undefined {
  if (findProgram(system.programs, name)) return undefined;
  const found = findExecutable(system, cwd, name);
  if ('program' in found) return undefined;
  switch (found.problem) {
    case 'permission':
      return { exitCode: 126, message: `exec: "${name}": permission denied` };
    case 'directory':
      return { exitCode: 126, message: `exec: "${name}": is a directory` };
    case 'not found':
      return { exitCode: 127, message: `exec: "${name}": executable file not found in $PATH` };
    default:
      return { exitCode: 127, message: `exec: "${name}": stat ${name}: no such file or directory` };
  }
}
