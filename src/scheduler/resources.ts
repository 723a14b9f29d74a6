import { cpuMillis, quantityValue } from '../api/quantity.ts';

/** Amounts of resources: cpu in thousandths of a core, everything else in its own unit. */
export interface Resources {
  cpuMillis: number;
  memoryBytes: number;
  storageBytes: number;
  pods: number;
  /** Extended resources and huge pages; undefined while there are none. */
  others: Map<string, number> | undefined;
}

export function noResources(): Resources {
  return { cpuMillis: 0, memoryBytes: 0, storageBytes: 0, pods: 0, others: undefined };
}

/** Reads a resource list (`{ cpu: '100m', memory: '64Mi' }`). */
export function readResources(list: Readonly<Record<string, string | number>> | undefined): Resources {
  const result = noResources();
  for (const name in list) {
    const quantity = String(list[name]);
    if (name === 'cpu') result.cpuMillis = cpuMillis(quantity);
    else if (name === 'memory') result.memoryBytes = quantityValue(quantity);
    else if (name === 'ephemeral-storage') result.storageBytes = quantityValue(quantity);
    else if (name === 'pods') result.pods = quantityValue(quantity);
    else (result.others ??= new Map()).set(name, quantityValue(quantity));
  }
  return result;
}

/** Adds `amount` to `total` in place, `sign` -1 to take away. */
export function addResources(total: Resources, amount: Resources, sign: 1 | -1 = 1): void {
  total.cpuMillis += sign * amount.cpuMillis;
  total.memoryBytes += sign * amount.memoryBytes;
  total.storageBytes += sign * amount.storageBytes;
  if (!amount.others) return;
  total.others ??= new Map();
  for (const [name, value] of amount.others) total.others.set(name, (total.others.get(name) ?? 0) + sign * value);
}

/** Raises `total` in place to at least `other` in every resource. */
export function raiseTo(total: Resources, other: Resources): void {
  total.cpuMillis = Math.max(total.cpuMillis, other.cpuMillis);
  total.memoryBytes = Math.max(total.memoryBytes, other.memoryBytes);
  total.storageBytes = Math.max(total.storageBytes, other.storageBytes);
  if (!other.others) return;
  total.others ??= new Map();
  for (const [name, value] of other.others) total.others.set(name, Math.max(total.others.get(name) ?? 0, value));
}
