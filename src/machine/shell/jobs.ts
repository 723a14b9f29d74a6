import { Condition } from '../../sim/sync.ts';
import type { Group } from '../../sim/group.ts';

/** A command in the background. */
export class Job {
  readonly id: number;
  readonly pid: number;
  readonly command: string;
  /** Its processes. */
  readonly group: Group;
  status: number | undefined;
  /** The signal that ended it. */
  signal: string | undefined;
  private readonly table: Jobs;

  constructor(table: Jobs, id: number, pid: number, command: string, group: Group) {
    this.table = table;
    this.id = id;
    this.pid = pid;
    this.command = command;
    this.group = group;
  }

  /** For its process, and whoever kills it. Only the first call counts. */
  end(status: number, signal?: string): void {
    if (this.status !== undefined) return;
    this.status = status;
    this.signal = signal;
    this.table.ended(this);
  }
}

/** The background jobs of a shell. */
export class Jobs {
  readonly changed = new Condition();
  private jobs: Job[] = [];
  private readonly onEnd: (job: Job) => void;

  constructor(onEnd: (job: Job) => void = () => {}) {
    this.onEnd = onEnd;
  }

  add(pid: number, command: string, group: Group): Job {
    const id = this.jobs.reduce((most, job) => Math.max(most, job.id), 0) + 1;
    const job = new Job(this, id, pid, command, group);
    this.jobs.push(job);
    return job;
  }

  get all(): readonly Job[] {
    return this.jobs;
  }

  forget(job: Job): void {
    this.jobs = this.jobs.filter((each) => each !== job);
  }

  byPid(pid: number): Job | undefined {
    return this.jobs.find((job) => job.pid === pid);
  }

  /** `%1`, `%%`, `%+`, `%-`, `%name`, `%?text`. */
  bySpec(spec: string): Job | undefined {
    const text = spec.slice(1);
    const last = this.jobs[this.jobs.length - 1];
    if (text === '' || text === '%' || text === '+') return last;
    if (text === '-') return this.jobs[this.jobs.length - 2] ?? last;
    if (/^\d+$/.test(text)) return this.jobs.find((job) => job.id === Number(text));
    return this.jobs.find((job) => (text.startsWith('?') ? job.command.includes(text.slice(1)) : job.command.startsWith(text)));
  }

  /** `[1]+  Running                 sleep 5 &` */
  describe(job: Job): string {
    const mark = job === this.jobs[this.jobs.length - 1] ? '+' : job === this.jobs[this.jobs.length - 2] ? '-' : ' ';
    return `[${job.id}]${mark}  ${stateOf(job).padEnd(24)}${job.command}${job.status === undefined ? ' &' : ''}`;
  }

  /** For {@link Job}. */
  ended(job: Job): void {
    this.onEnd(job);
    this.changed.notify();
  }
}

function stateOf(job: Job): string {
  if (job.status === undefined) return 'Running';
  if (job.signal === 'KILL') return 'Killed';
  if (job.signal === 'INT') return 'Interrupt';
  if (job.signal === 'HUP') return 'Hangup';
  if (job.signal) return 'Terminated';
  return job.status === 0 ? 'Done' : `Exit ${job.status}`;
}
