/*
 * Where everything stands, in the canvas' own units: a unit is a pixel at zoom 1. Top band: masters
 * and the tray of pods that wait for a minion. Strip: workloads and services. Below: the minions.
 */

export const PLATE_WIDTH = 292;
export const GAP = 20;
const PADDING = 12;
const HEADER = 78;
const MASTER_HEADER = 96;
const TRAY_HEADER = 34;
export const TILE = { width: 130, height: 48, gap: 8 };
/** In a crowd a pod is a square; ten in a row. */
export const DOT = { width: 22, height: 22, gap: 5.1 };
export const PILL = { width: 214, height: 40, gap: 10 };
/** A grid wider than this is seen from so far that the band above it is enlarged. */
const READABLE_WIDTH = 1250;
/** More pills than this a side are counted, not drawn. */
export const MOST_PILLS = 24;

export type Density = 'tile' | 'dot';

/** Plates come in a few heights only, so that they rarely change. */
export const ROWS: Readonly<Record<Density, readonly number[]>> = { tile: [3, 6], dot: [2, 4, 6, 8, 11] };

/** How many pods stand in a row of a minion's plate. */
export const PER_ROW: Readonly<Record<Density, number>> = { tile: 2, dot: 10 };

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A plate with places for pods. */
export interface Plate extends Box {
  readonly name: string;
  readonly role: 'master' | 'minion' | 'tray';
  readonly density: Density;
  readonly columns: number;
  /** How much larger than life it is drawn: what stands above a large grid must be readable from where the grid is seen whole. */
  readonly scale: number;
  /** How many places can be seen; a tray holds more pods than it shows. */
  readonly capacity: number;
  readonly bodyX: number;
  readonly bodyY: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly plates: ReadonlyMap<string, Plate>;
  readonly minionColumns: number;
  /** Of the top band and the strip. */
  readonly scale: number;
  /** The middle of the free lane between the strip and the minions. */
  readonly laneY: number;
  /** Place n of the workloads, of the services. */
  readonly workload: (place: number) => Box;
  readonly service: (place: number) => Box;
}

export const TRAY = '';

export interface LayoutInput {
  readonly masters: readonly string[];
  readonly minions: readonly string[];
  /** Highest place in use on any minion, and on any master. */
  readonly minionExtent: number;
  readonly masterExtent: number;
  readonly trayExtent: number;
  readonly workloads: number;
  readonly services: number;
  readonly density: Density;
  /** Rows of pods that every minion's plate has room for: one of {@link ROWS}. */
  readonly rows: number;
  /** Of the pane, in pixels: the number of columns follows its shape. */
  readonly pane: { readonly width: number; readonly height: number };
}

const cell = (density: Density) => (density === 'tile' ? TILE : DOT);

function cellOn({ density, scale }: Plate): { width: number; height: number; gap: number } {
  const { width, height, gap } = cell(density);
  return { width: width * scale, height: height * scale, gap: gap * scale };
}

function columnsIn(width: number, density: Density): number {
  const { width: one, gap } = cell(density);
  return Math.max(1, Math.floor((width - 2 * PADDING + gap) / (one + gap)));
}

function rowsHeight(rows: number, density: Density): number {
  const { height, gap } = cell(density);
  return rows === 0 ? 0 : rows * (height + gap) - gap;
}

/** Height of a minion's plate; the same for all, so that the picture stays a grid. */
function minionHeight(input: LayoutInput): number {
  return HEADER + rowsHeight(input.rows, input.density) + PADDING;
}

export function layout(input: LayoutInput): Layout {
  const columns = bestColumns(input);
  const width = Math.max(1, columns) * (PLATE_WIDTH + GAP) - GAP;
  const scale = Math.max(1, Math.round((width / READABLE_WIDTH) * 10) / 10);
  const above = new Map<string, Plate>();
  const bandBottom = placeBand(input, width / scale, above);
  const pillColumns = Math.max(1, Math.floor((width / scale + PILL.gap) / (PILL.width + PILL.gap)));
  const strip = placeStrip(input, width / scale, pillColumns, bandBottom + GAP);
  const plates = new Map<string, Plate>();
  for (const [name, plate] of above) {
    plates.set(name, { ...plate, ...grow(plate, scale), scale, bodyX: plate.bodyX * scale, bodyY: plate.bodyY * scale });
  }
  const stripBottom = strip.bottom * scale;
  const height = placeMinions(input, columns, stripBottom + GAP, plates);
  return {
    width,
    height,
    plates,
    minionColumns: columns,
    scale,
    laneY: stripBottom + GAP / 2,
    workload: (place) => grow(strip.workload(place), scale),
    service: (place) => grow(strip.service(place), scale),
  };
}

const grow = ({ x, y, width, height }: Box, by: number): Box => ({ x: x * by, y: y * by, width: width * by, height: height * by });

/** As many columns as let the whole be seen largest in the pane. */
function bestColumns(input: LayoutInput): number {
  const { pane, minions } = input;
  const plateHeight = minionHeight(input);
  let best = 1;
  let bestZoom = 0;
  for (let columns = 1; columns <= Math.max(1, minions.length); columns++) {
    const width = columns * (PLATE_WIDTH + GAP);
    const height = 240 + Math.ceil(minions.length / columns) * (plateHeight + GAP);
    const zoom = Math.min(pane.width / width, pane.height / height, 1);
    if (zoom > bestZoom + 0.001) {
      best = columns;
      bestZoom = zoom;
    }
  }
  // On a phone one reads downwards rather than at half size.
  return pane.width < 600 ? Math.max(1, Math.floor(pane.width / (PLATE_WIDTH + GAP))) : best;
}

function placeBand(input: LayoutInput, width: number, plates: Map<string, Plate>): number {
  const sideBySide = input.masters.length === 1 && width >= 2 * PLATE_WIDTH + GAP;
  const perRow = sideBySide ? 1 : Math.max(1, Math.min(input.masters.length, Math.floor((width + GAP) / (PLATE_WIDTH + GAP))));
  const masterWidth = sideBySide ? Math.round((width - GAP) * (width > 700 ? 0.56 : 0.5)) : (width - (perRow - 1) * GAP) / perRow;
  const narrow = masterWidth < 400;
  const masterColumns = columnsIn(masterWidth, 'tile');
  const masterRows = Math.min(3, Math.ceil(input.masterExtent / masterColumns));
  const header = MASTER_HEADER + (narrow ? 32 : 0);
  const masterHeight = header + (masterRows ? rowsHeight(masterRows, 'tile') + PADDING : 6);
  input.masters.forEach((name, index) => {
    const x = (index % perRow) * (masterWidth + GAP);
    const y = Math.floor(index / perRow) * (masterHeight + GAP);
    plates.set(name, {
      name,
      role: 'master',
      x,
      y,
      width: masterWidth,
      height: masterHeight,
      density: 'tile',
      scale: 1,
      columns: masterColumns,
      capacity: masterRows * masterColumns,
      bodyX: x + PADDING,
      bodyY: y + header,
    });
  });
  const mastersBottom = Math.ceil(input.masters.length / perRow) * (masterHeight + GAP) - GAP;
  const tray = sideBySide
    ? { x: masterWidth + GAP, y: 0, width: width - masterWidth - GAP, height: masterHeight }
    : { x: 0, y: mastersBottom + GAP, width, height: TRAY_HEADER + TILE.height + PADDING + 8 };
  placeTray(input, tray, plates);
  return Math.max(mastersBottom, tray.y + tray.height);
}

function placeTray(input: LayoutInput, box: Box, plates: Map<string, Plate>): void {
  const tileColumns = columnsIn(box.width, 'tile');
  const tileRows = Math.max(1, Math.floor((box.height - TRAY_HEADER - PADDING + TILE.gap) / (TILE.height + TILE.gap)));
  const density: Density = input.density === 'dot' || input.trayExtent > tileColumns * tileRows ? 'dot' : 'tile';
  const { height, gap } = cell(density);
  const columns = columnsIn(box.width, density);
  const rows = Math.max(1, Math.floor((box.height - TRAY_HEADER - PADDING + gap) / (height + gap)));
  plates.set(TRAY, {
    ...box,
    name: TRAY,
    role: 'tray',
    density,
    scale: 1,
    columns,
    capacity: rows * columns,
    bodyX: box.x + PADDING,
    bodyY: box.y + TRAY_HEADER,
  });
}

function placeStrip(input: LayoutInput, width: number, columns: number, top: number) {
  const left = Math.max(1, Math.floor(columns / 2));
  const right = Math.max(1, columns - left);
  const stacked = columns === 1;
  const step = PILL.height + PILL.gap;
  const rowsOf = (count: number, perRow: number) => Math.ceil(Math.min(count, MOST_PILLS) / perRow);
  const workloadRows = Math.max(stacked ? 0 : 1, rowsOf(input.workloads, left));
  const serviceRows = Math.max(stacked ? 0 : 1, rowsOf(input.services, right));
  const place = (index: number, perRow: number, x: number, y: number): Box => ({
    x: x + (index % perRow) * (PILL.width + PILL.gap),
    y: y + Math.floor(index / perRow) * step,
    width: stacked ? width : PILL.width,
    height: PILL.height,
  });
  const serviceX = stacked ? 0 : width - right * (PILL.width + PILL.gap) + PILL.gap;
  const serviceY = stacked ? top + workloadRows * step : top;
  const rows = stacked ? workloadRows + serviceRows : Math.max(workloadRows, serviceRows);
  return {
    workload: (index: number) => place(index, left, 0, top),
    service: (index: number) => place(index, right, serviceX, serviceY),
    bottom: top + Math.max(1, rows) * step - PILL.gap,
  };
}

function placeMinions(input: LayoutInput, columns: number, top: number, plates: Map<string, Plate>): number {
  const height = minionHeight(input);
  const rows = Math.ceil(input.minions.length / columns);
  input.minions.forEach((name, index) => {
    const x = (index % columns) * (PLATE_WIDTH + GAP);
    const y = top + Math.floor(index / columns) * (height + GAP);
    plates.set(name, {
      name,
      role: 'minion',
      x,
      y,
      width: PLATE_WIDTH,
      height,
      density: input.density,
      scale: 1,
      columns: columnsIn(PLATE_WIDTH, input.density),
      capacity: Infinity,
      bodyX: x + PADDING,
      bodyY: y + HEADER,
    });
  });
  return top + Math.max(1, rows) * (height + GAP) - GAP;
}

/** The box of a place on a plate; undefined where the plate shows no more. */
export function placeBox(plate: Plate, place: number): Box | undefined {
  if (place >= plate.capacity) return undefined;
  const { width, height, gap } = cellOn(plate);
  return {
    x: plate.bodyX + (place % plate.columns) * (width + gap),
    y: plate.bodyY + Math.floor(place / plate.columns) * (height + gap),
    width,
    height,
  };
}

/** The place at a point of a plate, or -1. */
export function placeAt(plate: Plate, x: number, y: number): number {
  const { width, height, gap } = cellOn(plate);
  const column = Math.floor((x - plate.bodyX) / (width + gap));
  const row = Math.floor((y - plate.bodyY) / (height + gap));
  if (column < 0 || column >= plate.columns || row < 0) return -1;
  const inside = x - plate.bodyX - column * (width + gap) <= width && y - plate.bodyY - row * (height + gap) <= height;
  return inside ? row * plate.columns + column : -1;
}
