import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { ObjectName } from '../../protocol/rows.ts';

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A stored (hence valid) quantity as a number; 0 for none. For pictures only: not exact. */
export function quantity(text: unknown): number {
  if (text === undefined || text === null) return 0;
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(text));
  return match ? Number(match[1]) * (SUFFIXES[match[2]!] ?? 1) : 0;
}

export function cpuMillis(text: unknown): number {
  return Math.round(quantity(text) * 1000);
}

export function memoryBytes(text: unknown): number {
  return Math.round(quantity(text));
}

/** The controlling owner of an object. */
export function ownerOf(metadata: ObjectMeta): ObjectName | undefined {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  return owner && { kind: owner.kind, namespace: metadata.namespace ?? '', name: owner.name };
}

/** Equality of plain data: rows, or parts of them. */
export function sameData(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, index) => sameData(item, other[index]));
  }
  const fields = Object.keys(one);
  if (fields.length !== Object.keys(other).length) return false;
  return fields.every((field) => sameData((one as Record<string, unknown>)[field], (other as Record<string, unknown>)[field]));
}
