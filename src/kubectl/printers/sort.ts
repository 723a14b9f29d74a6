import { JsonPath, JsonPathError, relaxedJsonPath } from '../../api/jsonpath.ts';
import { CliError } from '../errors.ts';
import { compareQuantities, quantityFault } from '../../api/quantity.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Table } from '../api.ts';

/** Objects in the order of a field; those without it come first. Throws {@link CliError} when none has it. */
export function sortObjects(objects: readonly KubeObject[], field: string): KubeObject[] {
  return sorted(objects, (object) => object, field);
}

export function sortTable(table: Table, field: string): Table {
  return { ...table, rows: sorted(table.rows ?? [], (row) => row.object ?? {}, field) };
}

function sorted<T>(items: readonly T[], objectOf: (item: T) => KubeObject, field: string): T[] {
  let path: JsonPath;
  let text: string;
  try {
    text = relaxedJsonPath(field);
    path = new JsonPath(text, { allowMissingKeys: true });
  } catch (error) {
    // kubectl sorts nothing, and prints nothing, when it cannot read the field.
    if (error instanceof JsonPathError) return [];
    throw error;
  }
  const keyed = items.map((item) => ({ item, value: valueOf(path, objectOf(item)) }));
  if (items.length > 0 && keyed.every(({ value }) => value === undefined))
    throw new CliError(`couldn't find any field with path "${text}" in the list of objects`);
  return keyed
    .map((entry, at) => ({ ...entry, at }))
    .sort((a, b) => compare(a.value, b.value) || a.at - b.at)
    .map(({ item }) => item);
}

function valueOf(path: JsonPath, object: KubeObject): unknown {
  try {
    return path.find(object)[0]?.[0];
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') {
    if (quantityFault(a) === undefined && quantityFault(b) === undefined) return compareQuantities(a, b);
    return natural(a, b);
  }
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Runs of digits compare as numbers: `pod2` before `pod10`. */
function natural(a: string, b: string): number {
  const x = a.match(/\d+|\D+/g) ?? [];
  const y = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [p, q] = [x[i]!, y[i]!];
    if (p === q) continue;
    if (/^\d/.test(p) && /^\d/.test(q) && Number(p) !== Number(q)) return Number(p) - Number(q);
    return p < q ? -1 : 1;
  }
  return x.length - y.length;
}
