import { Process } from './process.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './wait.ts';

/**
 * Processes that live and die together: a machine, a unit on it, a container, a request's helpers.
 * Groups nest; killing one kills those below it. A killed group is empty, not unusable: a machine
 * that is switched on again spawns into the same group.
 */
export class Group {
  readonly kernel: Kernel;
  readonly name: string;
  readonly parent: Group | undefined;
  private readonly processes = new Set<Process<any>>();
  private readonly children = new Set<Group>();
  private readonly cleanups = new Set<() => void>();

  /** Use {@link Kernel.root} and {@link Group.child}. */
  constructor(kernel: Kernel, name: string, parent?: Group) {
    this.kernel = kernel;
    this.name = name;
    this.parent = parent;
  }

  child(name: string): Group {
    const group = new Group(this.kernel, name, this);
    this.children.add(group);
    return group;
  }

  /** Starts `body` as a process at the present instant, after everything that is ready already. */
  spawn<T>(name: string, body: Task<T>): Process<T> {
    const process = new Process<T>(this, name, body);
    this.processes.add(process);
    process.start();
    return process;
  }

  /** Runs `cleanup` when the group is killed: closing sockets, ending streams. Answers how to take it back. */
  onKill(cleanup: () => void): () => void {
    this.cleanups.add(cleanup);
    return () => this.cleanups.delete(cleanup);
  }

  get size(): number {
    return this.processes.size;
  }

  /** Kills every process in and below the group, then runs the cleanups. */
  kill(): void {
    for (const child of [...this.children]) child.kill();
    for (const process of [...this.processes]) process.kill();
    const cleanups = [...this.cleanups];
    this.cleanups.clear();
    for (const cleanup of cleanups) cleanup();
  }

  /** Kills the group and takes it out of its parent. */
  dispose(): void {
    this.kill();
    this.parent?.children.delete(this);
  }

  /** For {@link Process}. */
  forget(process: Process<any>): void {
    this.processes.delete(process);
  }
}
