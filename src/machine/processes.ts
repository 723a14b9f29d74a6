import type { System } from './program.ts';

/** A row of a system's process table, as `ps` and `kill` know it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
  readonly startedMs: number;
  readonly tty: string;
  /** Delivers a signal by name without SIG: `TERM`. */
  signal(name: string): void;
}

/** The numbers of the programs that run on a system. Programs in the foreground of a script share their shell's entry. */
export class ProcessTable {
  private readonly entries = new Map<number, ProcessEntry>();
  private next: number;

  constructor(firstPid: number) {
    this.next = firstPid;
  }

  add(make: (pid: number) => ProcessEntry): ProcessEntry {
    const entry = make(this.next++);
    this.entries.set(entry.pid, entry);
    return entry;
  }

  remove(pid: number): void {
    this.entries.delete(pid);
  }

  get(pid: number): ProcessEntry | undefined {
    return this.entries.get(pid);
  }

  get size(): number {
    return this.entries.size;
  }

  /** A number for a process that is not listed. */
  skip(): number {
    return this.next++;
  }

  /** In order of their numbers. */
  list(): ProcessEntry[] {
    return [...this.entries.values()].sort((a, b) => a.pid - b.pid);
  }
}

const tables = new WeakMap<System, ProcessTable>();
const FIRST_PID_OF_MACHINES = 1_204;

/** The process table of a system: a container counts from 1, a machine goes on after its own daemons. */
export function processesOf(system: System): ProcessTable {
  let table = tables.get(system);
  if (!table) {
    table = new ProcessTable(system.units ? FIRST_PID_OF_MACHINES : 1);
    tables.set(system, table);
  }
  return table;
}

/** Numbers of the signals that programs use. */
export const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
};

/** The name of a signal given as `TERM`, `SIGTERM`, `term` or `15`; undefined if there is none. `0` and `EXIT` are `EXIT`. */
export function signalName(text: string): string | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (name === 'EXIT' || name === '0') return 'EXIT';
  if (name in SIGNALS) return name;
  const number = Number(text);
  return Object.keys(SIGNALS).find((each) => SIGNALS[each] === number);
}
