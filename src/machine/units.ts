import { sleep, type Task } from '../sim/wait.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Units, UnitState } from './program.ts';

/** What a unit's start function is given. */
export interface UnitContext {
  readonly kernel: Kernel;
  /** Everything the unit starts lives here; killed when the unit stops, fails or the machine loses power. */
  readonly group: Group;
  /** A line for the unit's journal. */
  log(line: string): void;
  /** Reports the unit's end by itself: a component that gives up. `failed` unless the exit code is 0. */
  exited(exitCode: number): void;
}

/** A service as its unit file describes it. */
export interface UnitSpec {
  /** Without `.service`: `kubelet`. */
  readonly name: string;
  readonly description: string;
  /** Units that are started first, and whose stop stops this one as well (`Requires=` with `After=`). */
  readonly requires?: readonly string[];
  /** Started at boot. */
  readonly enabled?: boolean;
  /** The main process's command line, for `systemctl status` and the journal. */
  readonly execStart?: string;
  /** `Restart=always`/`on-failure` with `RestartSec`: undefined means no restart. */
  readonly restartAfterMs?: number;
  /** Spawns the component into `context.group`. Throwing fails the unit with the error's message in its journal. */
  start(context: UnitContext): void;
  /** Polite end before the group is killed (a container engine that stops its containers). */
  stop?(): Task<void>;
}

export interface JournalLine {
  readonly epochMs: number;
  /** `systemd`, or the unit's name. */
  readonly source: string;
  readonly text: string;
}

/** Lines a unit's journal keeps; older ones are forgotten, as journald does when its space is used up. */
const JOURNAL_LINES = 500;

/** A list that keeps its newest items. */
export class Ring<T> {
  private readonly capacity: number;
  private items: T[] = [];
  private start = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  push(item: T): void {
    if (this.items.length < this.capacity) {
      this.items.push(item);
    } else {
      this.items[this.start] = item;
      this.start = (this.start + 1) % this.capacity;
    }
  }

  /** Oldest first. */
  toArray(): T[] {
    return [...this.items.slice(this.start), ...this.items.slice(0, this.start)];
  }
}

class Unit {
  readonly spec: UnitSpec;
  readonly group: Group;
  state: UnitState = 'inactive';
  enabled: boolean;
  /** When the present state began, on the virtual clock. */
  sinceMs = 0;
  pid = 0;
  journal: Ring<JournalLine> | undefined;
  restart: { cancel(): void } | undefined;
  /** Goes up with every start, so that a report of an earlier run is recognised. */
  run = 0;

  constructor(spec: UnitSpec, group: Group) {
    this.spec = spec;
    this.group = group;
    this.enabled = spec.enabled ?? false;
  }
}

/** What `systemctl status` shows of a unit. */
export interface UnitStatus {
  readonly name: string;
  readonly description: string;
  readonly state: UnitState;
  readonly enabled: boolean;
  readonly sinceEpochMs: number;
  /** 0 when it does not run. */
  readonly mainPid: number;
  readonly execStart: string;
}

/** What went wrong, as systemctl prints it. */
export class UnitError extends Error {
  override name = 'UnitError';
}

/** The systemd of a machine: units in groups of their own, started after what they require. */
export class SystemUnits implements Units {
  private readonly kernel: Kernel;
  private readonly parent: Group;
  private readonly powered: () => boolean;
  private readonly units = new Map<string, Unit>();
  private nextPid = 800;

  /** Units run in children of `parent`. `powered` tells whether the machine runs at all. */
  constructor(kernel: Kernel, parent: Group, powered: () => boolean) {
    this.kernel = kernel;
    this.parent = parent;
    this.powered = powered;
  }

  /** Installs a unit file. An installed unit of the same name is replaced once it is stopped. */
  install(spec: UnitSpec): void {
    const present = this.units.get(spec.name);
    if (present && present.state !== 'inactive' && present.state !== 'failed') throw new UnitError(`Unit ${spec.name}.service is running.`);
    this.units.set(spec.name, new Unit(spec, this.parent.child(spec.name)));
  }

  names(): readonly string[] {
    return [...this.units.keys()];
  }

  state(name: string): UnitState | undefined {
    return this.units.get(unitName(name))?.state;
  }

  status(name: string): UnitStatus | undefined {
    const unit = this.units.get(unitName(name));
    return (
      unit && {
        name: unit.spec.name,
        description: unit.spec.description,
        state: unit.state,
        enabled: unit.enabled,
        sinceEpochMs: this.kernel.startEpochMs + unit.sinceMs,
        mainPid: unit.state === 'active' ? unit.pid : 0,
        execStart: unit.spec.execStart ?? `/usr/bin/${unit.spec.name}`,
      }
    );
  }

  isEnabled(name: string): boolean {
    return this.find(name).enabled;
  }

  enable(name: string): void {
    this.find(name).enabled = true;
  }

  disable(name: string): void {
    this.find(name).enabled = false;
  }

  /** A unit's journal, oldest line first. */
  journal(name: string): JournalLine[] {
    return this.find(name).journal?.toArray() ?? [];
  }

  /** Starts what the unit requires, then the unit. Nothing happens if it runs. Throws {@link UnitError}. */
  *start(name: string): Task<void> {
    const unit = this.find(name);
    yield* sleep(0);
    this.startNow(unit.spec.name);
  }

  /** Stops what requires the unit, then the unit. */
  *stop(name: string): Task<void> {
    const unit = this.find(name);
    for (const other of this.units.values()) {
      if (other !== unit && isRunning(other) && other.spec.requires?.includes(unit.spec.name)) yield* this.stop(other.spec.name);
    }
    unit.restart?.cancel();
    unit.restart = undefined;
    if (!isRunning(unit)) {
      if (unit.state === 'failed') this.enter(unit, 'inactive');
      return;
    }
    this.note(unit, 'systemd', `Stopping ${unit.spec.description}...`);
    const { run } = unit;
    if (unit.spec.stop) yield* unit.spec.stop();
    if (unit.run !== run || !isRunning(unit)) return;
    this.enter(unit, 'inactive');
    unit.group.kill();
    this.note(unit, 'systemd', `Stopped ${unit.spec.description}.`);
  }

  *restart(name: string): Task<void> {
    yield* this.stop(name);
    yield* this.start(name);
  }

  /** At boot: starts what is enabled, in the order of installation. A unit that fails does not hold up the others. */
  boot(): void {
    for (const unit of this.units.values()) {
      if (!unit.enabled) continue;
      try {
        this.startNow(unit.spec.name);
      } catch (error) {
        if (!(error instanceof UnitError)) throw error;
      }
    }
  }

  /** At the loss of power: nothing runs any more and nothing is written down. The groups are the machine's to kill. */
  powerLost(): void {
    for (const unit of this.units.values()) {
      unit.restart?.cancel();
      unit.restart = undefined;
      unit.run++;
      unit.state = 'inactive';
    }
  }

  private startNow(name: string): void {
    const unit = this.find(name);
    if (!this.powered() || isRunning(unit)) return;
    unit.restart?.cancel();
    unit.restart = undefined;
    for (const required of unit.spec.requires ?? []) {
      this.startNow(required);
      if (!isRunning(this.find(required))) {
        this.note(unit, 'systemd', `Dependency failed for ${unit.spec.description}.`);
        throw new UnitError(`A dependency job for ${unit.spec.name}.service failed. See 'journalctl -xe' for details.`);
      }
    }
    unit.run++;
    unit.pid = this.nextPid++;
    this.enter(unit, 'active');
    this.note(unit, 'systemd', `Started ${unit.spec.description}.`);
    const { run } = unit;
    try {
      unit.spec.start({
        kernel: this.kernel,
        group: unit.group,
        log: (line) => this.note(unit, unit.spec.name, line),
        exited: (exitCode) => {
          if (unit.run === run && isRunning(unit)) this.ended(unit, exitCode);
        },
      });
    } catch (error) {
      this.note(unit, unit.spec.name, error instanceof Error ? error.message : String(error));
      this.ended(unit, 1);
      throw new UnitError(
        `Job for ${unit.spec.name}.service failed because the control process exited with error code. See "systemctl status ${unit.spec.name}.service" and "journalctl -xe" for details.`,
      );
    }
  }

  private ended(unit: Unit, exitCode: number): void {
    unit.run++;
    this.enter(unit, exitCode === 0 ? 'inactive' : 'failed');
    if (exitCode !== 0) {
      this.note(unit, 'systemd', `${unit.spec.name}.service: main process exited, code=exited, status=${exitCode}/n/a`);
      this.note(unit, 'systemd', `Unit ${unit.spec.name}.service entered failed state.`);
    }
    unit.group.kill();
    if (unit.spec.restartAfterMs === undefined) return;
    unit.restart = this.kernel.after(unit.spec.restartAfterMs, () => {
      unit.restart = undefined;
      try {
        this.startNow(unit.spec.name);
      } catch (error) {
        if (!(error instanceof UnitError)) throw error;
      }
    });
  }

  private enter(unit: Unit, state: UnitState): void {
    unit.state = state;
    unit.sinceMs = this.kernel.now;
  }

  private note(unit: Unit, source: string, text: string): void {
    unit.journal ??= new Ring(JOURNAL_LINES);
    unit.journal.push({ epochMs: this.kernel.epochMs(), source, text });
  }

  private find(name: string): Unit {
    const unit = this.units.get(unitName(name));
    if (!unit) throw new UnitError(`Unit ${unitName(name)}.service could not be found.`);
    return unit;
  }
}

function isRunning(unit: Unit): boolean {
  return unit.state === 'active' || unit.state === 'activating';
}

function unitName(name: string): string {
  return name.endsWith('.service') ? name.slice(0, -'.service'.length) : name;
}
