import type { PodRow, Row, WorkloadRow } from '../../../protocol/rows.ts';
import type { RowChange } from '../../store/cluster.ts';
import { layout, PER_ROW, placeAt, placeBox, ROWS, TRAY } from './layout.ts';
import type { Box, Density, Layout, Plate } from './layout.ts';
import { Slots } from './slots.ts';

/** From more minions than this nobody can read tiles anyway. */
const MOST_TILED_MINIONS = 12;

/** Plates and pills with their places; keys of rows with their places in the strip. */
export interface Picture {
  readonly layout: Layout;
  readonly workloads: readonly (readonly [string, number])[];
  readonly services: readonly (readonly [string, number])[];
}

/**
 * What stands where. Follows the changes of rows one by one; whoever has a place keeps it. Knows
 * nothing of React: `picture` is replaced when plates or pills moved.
 */
export class Scene {
  layout: Layout;
  /** What is to be drawn as nodes. */
  picture: Picture;
  readonly pods = new Map<string, Slots>();
  readonly workloads = new Slots();
  readonly services = new Slots();
  private readonly masters: string[] = [];
  private readonly minions: string[] = [];
  private pane = { width: 1000, height: 600 };
  private density: Density = 'tile';
  private rows = 3;
  private stale = false;
  private pillsChanged = false;
  private readonly listeners = new Set<() => void>();

  constructor() {
    this.layout = this.compute();
    this.picture = this.draw();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes in a frame's changes. */
  change(changes: readonly RowChange[]): void {
    for (const { before, after } of changes) {
      const kind = (after ?? before)!.kind;
      if (kind === 'pod') this.changePod(before as PodRow | undefined, after as PodRow | undefined);
      else if (kind === 'machine') this.changeMachine(after);
      else if (kind === 'service') this.changePill(this.services, before, after, true);
      else if (kind === 'workload') this.changePill(this.workloads, before, after, after !== undefined && isTop(after as WorkloadRow));
    }
    this.settle();
    this.tell();
  }

  resize(width: number, height: number): void {
    if (width < 1 || height < 1 || (this.pane.width === width && this.pane.height === height)) return;
    this.pane = { width, height };
    const next = this.compute();
    if (next.minionColumns === this.layout.minionColumns && next.width === this.layout.width) return;
    this.layout = next;
    this.picture = this.draw();
    this.tell();
  }

  podBox(pod: PodRow): Box | undefined {
    const plate = this.layout.plates.get(pod.node) ?? this.layout.plates.get(TRAY)!;
    const place = this.pods.get(plate.name)?.placeOf(pod.key);
    return place === undefined ? undefined : placeBox(plate, place);
  }

  /** The key of the pod at a point, if any. */
  podAt(x: number, y: number): string | undefined {
    const plate = this.plateAt(x, y);
    const place = plate ? placeAt(plate, x, y) : -1;
    return place < 0 ? undefined : this.pods.get(plate!.name)?.at(place);
  }

  plateAt(x: number, y: number): Plate | undefined {
    for (const plate of this.layout.plates.values()) {
      if (x >= plate.x && x <= plate.x + plate.width && y >= plate.y && y <= plate.y + plate.height) return plate;
    }
    return undefined;
  }

  get minionCount(): number {
    return this.minions.length;
  }

  private changePod(before: PodRow | undefined, after: PodRow | undefined): void {
    if (before && before.node !== after?.node) this.slots(before.node).remove(before.key);
    if (after) this.slots(after.node).add(after.key);
    if (before?.node !== after?.node) this.stale = true;
  }

  private changeMachine(after: Row | undefined): void {
    if (after?.kind !== 'machine') return;
    const names = after.role === 'master' ? this.masters : this.minions;
    if (names.includes(after.name)) return;
    names.push(after.name);
    this.stale = true;
  }

  private changePill(slots: Slots, before: Row | undefined, after: Row | undefined, shown: boolean): void {
    const had = slots.size;
    if (after && shown) slots.add(after.key);
    else slots.remove((after ?? before)!.key);
    if (slots.size !== had) this.stale = this.pillsChanged = true;
  }

  private slots(node: string): Slots {
    let slots = this.pods.get(node);
    if (!slots) this.pods.set(node, (slots = new Slots()));
    return slots;
  }

  /** Computes the layout anew if something came or went. Plates grow at once and shrink late, so that they rarely jump. */
  private settle(): void {
    if (!this.stale) return;
    this.stale = false;
    const extent = this.extent(this.minions);
    if (this.minions.length > MOST_TILED_MINIONS || extent > 12) this.density = 'dot';
    else if (extent <= 9) this.density = 'tile';
    this.rows = this.rowsFor(extent);
    const next = this.compute();
    if (this.pillsChanged || !sameLayout(this.layout, next)) {
      this.layout = next;
      this.pillsChanged = false;
      this.picture = this.draw();
    }
  }

  private rowsFor(extent: number): number {
    const heights = ROWS[this.density];
    const needed = (count: number) => heights.find((rows) => rows * PER_ROW[this.density] >= count) ?? heights.at(-1)!;
    const shrunk = Math.max(needed(extent), needed(Math.ceil(extent * 1.15)));
    return heights.includes(this.rows) && this.rows > needed(extent) && this.rows <= shrunk ? this.rows : needed(extent);
  }

  private extent(machines: readonly string[]): number {
    let most = 0;
    for (const name of machines) most = Math.max(most, this.pods.get(name)?.extent ?? 0);
    return most;
  }

  private compute(): Layout {
    return layout({
      masters: this.masters,
      minions: this.minions,
      minionExtent: this.extent(this.minions),
      masterExtent: this.extent(this.masters),
      trayExtent: this.pods.get(TRAY)?.extent ?? 0,
      workloads: this.workloads.extent,
      services: this.services.extent,
      density: this.density,
      rows: this.rows,
      pane: this.pane,
    });
  }

  private draw(): Picture {
    return { layout: this.layout, workloads: [...this.workloads.entries()], services: [...this.services.entries()] };
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Only what nobody owns has a pill; what it owns appears with it. */
function isTop(workload: WorkloadRow): boolean {
  return workload.owner === undefined;
}

function sameLayout(one: Layout, other: Layout): boolean {
  if (one.width !== other.width || one.height !== other.height || one.plates.size !== other.plates.size) return false;
  for (const [name, plate] of one.plates) {
    const its = other.plates.get(name);
    if (!its || its.x !== plate.x || its.y !== plate.y || its.height !== plate.height || its.width !== plate.width) return false;
    if (its.density !== plate.density || its.capacity !== plate.capacity) return false;
  }
  const [a, b, c, d] = [one.workload(0), other.workload(0), one.service(0), other.service(0)];
  return a.y === b.y && c.y === d.y && c.x === d.x;
}
