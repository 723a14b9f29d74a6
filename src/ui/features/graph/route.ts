import { GAP } from './layout.ts';
import type { Box, Plate } from './layout.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

const CORNER = 7;

/** On which side of a tile its lines arrive; `top` where tiles stand too close for lines between. */
export function sideOf(plate: Plate | undefined, box: Box): 'left' | 'right' | 'top' {
  if (!plate || plate.role !== 'minion' || plate.density !== 'tile') return 'top';
  return box.x < plate.x + plate.width / 4 ? 'left' : 'right';
}

/**
 * The way from a pill to a pod: down to the lane above the minions, along it, down the gap beside
 * the plate, and into the tile from the side, so that lines cross no text. `lane` sets lines of
 * several pills a little apart.
 */
export function route(from: Box, to: Box, plate: Plate | undefined, busY: number, lane: number, underPills: boolean): string {
  const side = sideOf(plate, to);
  if (side === 'top' || !plate) return curve(from, to);
  const shift = ((lane % 5) - 2) * 2.5;
  const gapX = side === 'left' ? plate.x - GAP / 2 + shift : plate.x + plate.width + GAP / 2 + shift;
  const endX = side === 'left' ? to.x : to.x + to.width;
  const endY = to.y + to.height / 2 + (lane % 2 ? 5 : 0);
  const laneY = busY + shift;
  const startX = from.x + from.width / 2;
  const start: Point[] = underPills
    ? [
        { x: from.x + from.width, y: from.y + from.height / 2 },
        { x: from.x + from.width + 5, y: from.y + from.height / 2 },
        { x: from.x + from.width + 5, y: laneY },
      ]
    : [
        { x: startX, y: from.y + from.height },
        { x: startX, y: laneY },
      ];
  return rounded([...start, { x: gapX, y: laneY }, { x: gapX, y: endY }, { x: endX, y: endY }]);
}

/** A line through points with rounded corners. */
export function rounded(points: readonly Point[]): string {
  let path = `M${points[0]!.x} ${points[0]!.y}`;
  for (let index = 1; index < points.length - 1; index++) {
    const [before, at, after] = [points[index - 1]!, points[index]!, points[index + 1]!];
    const into = Math.min(CORNER, distance(before, at) / 2, distance(at, after) / 2);
    const start = towards(at, before, into);
    const end = towards(at, after, into);
    path += `L${start.x} ${start.y}Q${at.x} ${at.y} ${end.x} ${end.y}`;
  }
  const last = points.at(-1)!;
  return `${path}L${last.x} ${last.y}`;
}

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) / length) * by, y: from.y + ((to.y - from.y) / length) * by };
}

function curve(from: Box, to: Box): string {
  const x1 = from.x + from.width / 2;
  const y1 = from.y + from.height;
  const x2 = to.x + to.width / 2;
  const below = to.y >= y1;
  const y2 = below ? to.y : to.y + to.height;
  const bend = Math.max(24, Math.abs(y2 - y1) * 0.45);
  return below
    ? `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`
    : `M${x1} ${from.y}C${x1} ${from.y - bend} ${x2} ${y2 + bend} ${x2} ${y2}`;
}
