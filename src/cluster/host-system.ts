import type { Machine } from '../machine/machine.ts';
import type { FileSystem } from '../machine/files.ts';
import type { Program, System } from '../machine/program.ts';
import type { SystemUnits } from '../machine/units.ts';
import type { Fabric } from '../net/fabric.ts';
import type { Kernel } from '../sim/kernel.ts';

/** What a shell finds on a machine. */
export class HostSystem implements System {
  readonly machine: Machine;
  readonly programs: ReadonlyMap<string, Program>;
  private readonly others: (name: string) => HostSystem | undefined;

  /** `others` finds the machines that ssh reaches, by name or address. */
  constructor(machine: Machine, programs: ReadonlyMap<string, Program>, others: (name: string) => HostSystem | undefined) {
    this.machine = machine;
    this.programs = programs;
    this.others = others;
  }

  get kernel(): Kernel {
    return this.machine.kernel;
  }

  get hostname(): string {
    return this.machine.name;
  }

  get files(): FileSystem {
    return this.machine.files;
  }

  get network(): Machine {
    return this.machine;
  }

  get fabric(): Fabric {
    return this.machine.fabric;
  }

  get units(): SystemUnits {
    return this.machine.units;
  }

  peer(name: string): HostSystem | undefined {
    const other = this.others(name);
    return other && this.machine.fabric.reachable(this.machine, other.machine) ? other : undefined;
  }
}
