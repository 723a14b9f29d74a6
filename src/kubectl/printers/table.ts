import { formatLabels } from '../../api/labels.ts';
import type { Kind } from '../../api/kind.ts';
import type { Table, TableColumn, TableRow } from '../api.ts';
import { RowAligner } from './tabwriter.ts';

export interface TableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly showLabels: boolean;
  readonly labelColumns: readonly string[];
  readonly withNamespace: boolean;
  /** Names with their kind before them: `pod/web`. */
  readonly withKind: Kind | undefined;
  /** A first column with what happened, for `--output-watch-events`. */
  readonly withEvent?: boolean;
}

interface Column {
  readonly header: string;
  cell(row: TableRow, event: string): unknown;
}

/** Prints Tables of one kind one after the other: headers once, columns that keep their width. */
export class TablePrinter {
  private readonly options: TableOptions;
  private readonly aligner: RowAligner;
  private columns: readonly TableColumn[] = [];
  private headersPrinted = false;

  constructor(options: TableOptions, aligner = new RowAligner()) {
    this.options = options;
    this.aligner = aligner;
  }

  /** The text of a table's rows, with headers before the first. */
  print(table: Table, event = ''): string {
    const known = this.columns;
    if (table.columnDefinitions && table.columnDefinitions.length > 0) this.columns = table.columnDefinitions;
    const rows = table.rows ?? [];
    if (rows.length === 0) return '';
    const columns = shownColumns(this.columns, this.options);
    const lines = rows.map((row) => columns.map((column) => text(column.cell(row, event))));
    const withHeaders = !this.options.noHeaders && (!this.headersPrinted || !sameColumns(known, this.columns));
    this.headersPrinted = true;
    return this.aligner.align(withHeaders ? [columns.map(({ header }) => header), ...lines] : lines);
  }
}

function shownColumns(definitions: readonly TableColumn[], options: TableOptions): Column[] {
  const columns: Column[] = [];
  if (options.withEvent) columns.push({ header: 'EVENT', cell: (_row, event) => event });
  if (options.withNamespace) columns.push({ header: 'NAMESPACE', cell: (row) => row.object?.metadata?.namespace ?? '' });
  definitions.forEach((definition, at) => {
    if ((definition.priority ?? 0) !== 0 && !options.wide) return;
    const prefix = options.withKind && definition.format === 'name' ? kindPrefix(options.withKind) : '';
    columns.push({ header: definition.name.toUpperCase(), cell: (row) => (prefix ? prefix + String(row.cells[at] ?? '') : row.cells[at]) });
  });
  for (const key of options.labelColumns) {
    columns.push({ header: key.slice(key.lastIndexOf('/') + 1).toUpperCase(), cell: (row) => row.object?.metadata?.labels?.[key] ?? '' });
  }
  if (options.showLabels) columns.push({ header: 'LABELS', cell: (row) => formatLabels(row.object?.metadata?.labels) });
  return columns;
}

function kindPrefix({ kind, group }: Kind): string {
  return `${kind.toLowerCase()}${group ? `.${group}` : ''}/`;
}

/** A cell's text: its first line. */
function text(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  const whole = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  const end = whole.search(/[\f\n\r]/);
  return end < 0 ? whole : `${whole.slice(0, end)}...`;
}

function sameColumns(a: readonly TableColumn[], b: readonly TableColumn[]): boolean {
  return a === b || (a.length === b.length && a.every((column, at) => column.name === b[at]!.name));
}
