import { humanDuration, parseRfc3339 } from '../../base/time.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Table, TableColumn } from '../api.ts';

const PLAIN: readonly TableColumn[] = [
  { name: 'Name', type: 'string', format: 'name' },
  { name: 'Age', type: 'string' },
];

/** A Table as it came, or the plain one of names and ages where the server made none of an object or list. */
export function asTable(object: KubeObject, kind: Kind, nowMs: number): Table {
  if (object.kind === 'Table') return object;
  const items = Array.isArray(object.items) ? (object.items as KubeObject[]) : [object];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata,
    columnDefinitions: PLAIN,
    rows: items.map((item) => ({ cells: [item.metadata?.name ?? '', age(item, nowMs)], object: { kind: kind.kind, ...item } })),
  };
}

function age(object: KubeObject, nowMs: number): string {
  const created = object.metadata?.creationTimestamp;
  return created ? humanDuration(nowMs - parseRfc3339(created)) : '<unknown>';
}
