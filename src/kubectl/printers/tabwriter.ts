/*
 * Elastic tab stops as Go's text/tabwriter lays them out with spaces: a cell ends with a tab, a column
 * is a run of lines that have a cell there, and the last cell of a line never widens a column.
 */

export interface TabStops {
  readonly minWidth: number;
  readonly padding: number;
}

/** How `kubectl get` aligns. */
export const GET_STOPS: TabStops = { minWidth: 6, padding: 3 };
/** How `kubectl describe` aligns. */
export const DESCRIBE_STOPS: TabStops = { minWidth: 0, padding: 2 };

/** Lays out a whole text. Lines end in `\n`, cells in `\t`. */
export function alignTabs(text: string, stops: TabStops): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const layout = new Layout(lines, stops);
  layout.format(0, lines.length);
  return layout.output.join('\n');
}

/** Aligns rows that come one after the other: columns remember how wide they were and never shrink. */
export class RowAligner {
  private readonly stops: TabStops;
  private widths: number[] = [];

  constructor(stops: TabStops = GET_STOPS) {
    this.stops = stops;
  }

  /** Forgets the widths: the next rows are another table. */
  reset(): void {
    this.widths = [];
  }

  align(rows: readonly (readonly string[])[]): string {
    const { widths } = this;
    for (const row of rows) {
      for (let column = 0; column < row.length - 1; column++) {
        widths[column] = Math.max(widths[column] ?? this.stops.minWidth, widthOf(row[column]!) + this.stops.padding);
      }
    }
    let text = '';
    for (const row of rows) {
      for (let column = 0; column < row.length - 1; column++) text += pad(row[column]!, widths[column]!);
      text += `${row.at(-1) ?? ''}\n`;
    }
    return text;
  }
}

class Layout {
  readonly output: string[] = [];
  private readonly lines: readonly (readonly string[])[];
  private readonly stops: TabStops;
  private readonly widths: number[] = [];

  constructor(lines: readonly (readonly string[])[], stops: TabStops) {
    this.lines = lines;
    this.stops = stops;
  }

  format(from: number, to: number): void {
    const column = this.widths.length;
    let start = from;
    for (let at = from; at < to; at++) {
      if (column >= this.lines[at]!.length - 1) continue;
      this.write(start, at);
      start = at;
      let width = this.stops.minWidth;
      for (; at < to && column < this.lines[at]!.length - 1; at++) {
        width = Math.max(width, widthOf(this.lines[at]![column]!) + this.stops.padding);
      }
      this.widths.push(width);
      this.format(start, at);
      this.widths.pop();
      start = at;
    }
    this.write(start, to);
  }

  private write(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const cells = this.lines[at]!;
      this.output.push(cells.map((cell, column) => (column < this.widths.length ? pad(cell, this.widths[column]!) : cell)).join(''));
    }
  }
}

function widthOf(text: string): number {
  // Only texts outside ASCII have fewer characters than code units.
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return [...text].length;
  return text.length;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
