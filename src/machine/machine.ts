import { SystemUnits } from './units.ts';
import type { Fabric, NetHost } from '../net/fabric.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { FileSystem } from './files.ts';

export interface MachineOptions {
  readonly kernel: Kernel;
  readonly fabric: Fabric;
  readonly name: string;
  readonly ip: string;
  /** Number of cores. */
  readonly cpu: number;
  readonly memoryBytes: number;
  /** Size of the root disk. */
  readonly diskBytes?: number;
  /** The root file system; it outlives reboots. */
  readonly files: FileSystem;
}

const DEFAULT_DISK_BYTES = 100 * 1024 ** 3;
/** Firmware, kernel and userspace up to the first unit. */
const BOOT_MS = 8_000;

/**
 * A computer: an address, a disk, and processes that all end at the same instant when it loses
 * power. It starts switched off; `powerOn` boots it and starts its enabled units.
 */
export class Machine implements NetHost {
  readonly kernel: Kernel;
  readonly fabric: Fabric;
  readonly name: string;
  readonly ip: string;
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly files: FileSystem;
  /** Everything that runs on it. */
  readonly group: Group;
  readonly units: SystemUnits;
  /** Of the hardware and of the installed system; they survive reboots. 32 hexadecimal digits and a UUID. */
  readonly machineId: string;
  readonly systemUuid: string;
  /** A new one every boot. */
  bootId = '';
  bootedMs = 0;
  private on = false;
  private booting: { cancel(): void } | undefined;
  private readonly watchers = new Set<(powered: boolean) => void>();

  constructor(options: MachineOptions) {
    this.kernel = options.kernel;
    this.fabric = options.fabric;
    this.name = options.name;
    this.ip = options.ip;
    this.cpu = options.cpu;
    this.memoryBytes = options.memoryBytes;
    this.diskBytes = options.diskBytes ?? DEFAULT_DISK_BYTES;
    this.files = options.files;
    this.group = this.kernel.root.child(this.name);
    this.units = new SystemUnits(this.kernel, this.group, () => this.on);
    const rng = this.kernel.rng.fork(`machine ${this.name}`);
    this.machineId = rng.hex(32);
    this.systemUuid = rng.uuid();
    this.fabric.attach(this);
  }

  get powered(): boolean {
    return this.on;
  }

  /**
   * Switches on. `bootMs` is the time until the units start; a cluster that is found running gives 0.
   * The machine answers on the network from the end of the boot.
   */
  powerOn(bootMs = BOOT_MS): void {
    if (this.on || this.booting) return;
    if (bootMs <= 0) {
      this.boot();
      return;
    }
    this.booting = this.kernel.after(bootMs, () => this.boot());
  }

  /** Pulls the plug: every process ends at this instant, without a word to anybody. */
  powerOff(): void {
    this.booting?.cancel();
    this.booting = undefined;
    if (!this.on) return;
    this.on = false;
    this.units.powerLost();
    this.group.kill();
    for (const watcher of [...this.watchers]) watcher(false);
  }

  reboot(): void {
    this.powerOff();
    this.powerOn();
  }

  /** Tells when power comes (before the units start) and goes (after everything has ended). Answers how to stop. */
  onPower(watcher: (powered: boolean) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private boot(): void {
    this.booting = undefined;
    this.on = true;
    this.bootedMs = this.kernel.now;
    this.bootId = this.kernel.rng.fork(`boot ${this.name} ${this.kernel.now}`).uuid();
    for (const watcher of [...this.watchers]) watcher(true);
    this.units.boot();
  }
}
