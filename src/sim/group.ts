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
  /* Most groups hold one of each at most: nothing, the thing itself, or a set of them. */
  private processes: Process<any> | Set<Process<any>> | undefined;
  private children: Group | Set<Group> | undefined;
  private cleanups: Cleanup | Set<Cleanup> | undefined;

  /** Use {@link Kernel.root} and {@link Group.child}. */
  constructor(kernel: Kernel, name: string, parent?: Group) {
    this.kernel = kernel;
    this.name = name;
    this.parent = parent;
  }

  child(name: string): Group {
    const group = new Group(this.kernel, name, this);
    this.children = withItem(this.children, group);
    return group;
  }

  /** Starts `body` as a process at the present instant, after everything that is ready already. */
  spawn<T>(name: string, body: Task<T>): Process<T> {
    const process = new Process<T>(this, name, body);
    this.processes = withItem(this.processes, process);
    process.start();
    return process;
  }

  /** Runs `cleanup` when the group is killed: closing sockets, ending streams. Answers how to take it back. */
  onKill(cleanup: Cleanup): () => void {
    this.cleanups = withItem(this.cleanups, cleanup);
    return () => {
      this.cleanups = withoutItem(this.cleanups, cleanup);
    };
  }

  get size(): number {
    return itemsOf(this.processes).length;
  }

  /** Kills every process in and below the group, then runs the cleanups. */
  kill(): void {
    for (const child of itemsOf(this.children)) child.kill();
    for (const process of itemsOf(this.processes)) process.kill();
    const cleanups = itemsOf(this.cleanups);
    this.cleanups = undefined;
    for (const cleanup of cleanups) {
      if (typeof cleanup === 'function') cleanup();
      else cleanup.killed();
    }
  }

  /** Kills the group and takes it out of its parent. */
  dispose(): void {
    this.kill();
    if (this.parent) this.parent.children = withoutItem(this.parent.children, this as Group);
  }

  /** For {@link Process}. */
  forget(process: Process<any>): void {
    this.processes = withoutItem(this.processes, process);
  }
}

/** What is done when a group is killed: a function, or something that is told. */
export type Cleanup = (() => void) | { killed(): void };

type Few<T> = T | Set<T> | undefined;

function withItem<T extends object>(few: Few<T>, item: T): Few<T> {
  if (few === undefined) return item;
  if (few instanceof Set) return few.add(item);
  return few === item ? few : new Set<T>([few, item]);
}

function withoutItem<T extends object>(few: Few<T>, item: T): Few<T> {
  if (!(few instanceof Set)) return few === item ? undefined : few;
  few.delete(item);
  return few;
}

/** A copy, in the order in which they came. */
function itemsOf<T extends object>(few: Few<T>): T[] {
  if (few === undefined) return [];
  return few instanceof Set ? [...few] : [few];
}
