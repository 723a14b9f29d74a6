import type { System } from '../program.ts';

export interface Hardware {
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly bootedMs: number;
}

const UNKNOWN: Hardware = { cpu: 2, memoryBytes: 4 * 1024 ** 3, diskBytes: 100 * 1024 ** 3, bootedMs: 0 };

/** What the machine below a system is made of; a usual one where the system does not tell (containers). */
export function hardwareOf(system: System): Hardware {
  const { cpu, memoryBytes, diskBytes, bootedMs } = system.network as Partial<Hardware>;
  if (cpu === undefined || memoryBytes === undefined) return UNKNOWN;
  return { cpu, memoryBytes, diskBytes: diskBytes ?? UNKNOWN.diskBytes, bootedMs: bootedMs ?? 0 };
}

/** The share of the memory that a running system takes by itself. */
export function usedMemoryBytes(hardware: Hardware): number {
  return Math.min(hardware.memoryBytes * 0.6, 350 * 1024 ** 2 + hardware.memoryBytes * 0.05);
}
