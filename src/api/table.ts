import { humanDuration, parseRfc3339 } from '../base/time.ts';
import columnFacts from './facts/columns.json' with { type: 'json' };
import type { Cell, RowContext, TableColumn, TableRow } from './behaviour.ts';
import type { Kind } from './kind.ts';
import type { KubeObject } from './object.ts';

const columns = columnFacts as unknown as Readonly<Record<string, readonly TableColumn[]>>;

const PLAIN_COLUMNS: readonly TableColumn[] = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  { name: 'Created At', type: 'date', format: '', priority: 0 },
];

/** The columns of a kind's Table. */
export function columnsOf(kind: Kind): readonly TableColumn[] {
  return columns[`${kind.apiVersion}/${kind.resource}`] ?? PLAIN_COLUMNS;
}

/** The row of a kind without a printer of its own: name and creation time. */
export function plainRow(object: KubeObject): TableRow {
  return { cells: [object.metadata?.name ?? '', object.metadata?.creationTimestamp ?? ''] };
}

export function row(...cells: Cell[]): TableRow {
  return { cells };
}

/** How long ago a time was: `5m`; `<unknown>` if there is none (printers' translateTimestampSince). */
export function since(timestamp: string | null | undefined, { nowMs }: RowContext): string {
  return timestamp ? humanDuration(nowMs - parseRfc3339(timestamp)) : '<unknown>';
}

export function ageOf(object: KubeObject, context: RowContext): string {
  return since(object.metadata?.creationTimestamp, context);
}

/** `a,b` of containers' names and of their images, as two cells. */
export function containerCells(spec: { containers?: readonly { name: string; image?: string }[] } | undefined): [string, string] {
  const containers = spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
}
