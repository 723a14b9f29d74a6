import type { NodeRow, PodRow } from '../../../protocol/rows.ts';
import { POD_LOOKS } from '../../kit/states.ts';
import type { Tone } from '../../kit/states.ts';
import { model } from '../../store/cluster.ts';
import { DOT, placeBox, TILE } from './layout.ts';
import type { Plate } from './layout.ts';
import { podText } from './pod-text.ts';
import type { Scene } from './scene.ts';
import { NAMED_FROM_PX, Sprites } from './sprites.ts';
import type { Palette } from './sprites.ts';

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface PaintOptions {
  readonly camera: Camera;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly ratio: number;
  readonly palette: Palette;
  readonly plates: boolean;
  readonly pods: boolean;
  readonly selected: string | undefined;
  readonly hovered: string | undefined;
  readonly namespace: string;
}

/** Below this many device pixels a pod is a plain rectangle in its tone. */
const SPRITE_FROM_PX = 9;

/** Draws what is too much for elements: pods as pictures, and from afar the minions' plates too. */
export class Painter {
  /** By density and scale. */
  private readonly sheets = new Map<string, Sprites>();
  private readonly plain = new Map<Tone, Path2D>();

  paint(pen: CanvasRenderingContext2D, scene: Scene, options: PaintOptions): void {
    const { camera, ratio, widthPx, heightPx } = options;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, widthPx * ratio, heightPx * ratio);
    const left = -camera.x / camera.zoom;
    const top = -camera.y / camera.zoom;
    const right = left + widthPx / camera.zoom;
    const bottom = top + heightPx / camera.zoom;
    this.plain.clear();
    for (const plate of scene.layout.plates.values()) {
      if (plate.x > right || plate.y > bottom || plate.x + plate.width < left || plate.y + plate.height < top) continue;
      if (options.plates && plate.role === 'minion') this.paintPlate(pen, plate, options);
      if (options.pods) this.paintPods(pen, scene, plate, options);
    }
    for (const [tone, path] of this.plain) {
      pen.fillStyle = options.palette[tone];
      pen.fill(path);
    }
  }

  private paintPlate(pen: CanvasRenderingContext2D, plate: Plate, options: PaintOptions): void {
    const { camera, ratio, palette } = options;
    const scale = camera.zoom * ratio;
    const x = (plate.x * camera.zoom + camera.x) * ratio;
    const y = (plate.y * camera.zoom + camera.y) * ratio;
    const node = model.nodes.get(plate.name);
    const tone = healthTone(node);
    pen.beginPath();
    pen.roundRect(x, y, plate.width * scale, plate.height * scale, 10 * scale);
    pen.fillStyle = palette.surface;
    pen.fill();
    const isSelected = options.selected === `machine/${plate.name}` || options.hovered === `machine/${plate.name}`;
    pen.lineWidth = (isSelected ? 2 : 1) * ratio;
    pen.strokeStyle = isSelected ? palette.accent : tone === 'ok' ? palette.line : palette[tone];
    pen.stroke();
    const size = Math.max(13 * scale, 9 * ratio);
    if (plate.width * scale < size * 5) return;
    pen.fillStyle = palette[tone];
    pen.beginPath();
    pen.arc(x + 18 * scale, y + 22 * scale, 4.5 * scale, 0, Math.PI * 2);
    pen.fill();
    pen.font = `600 ${Math.min(size, 30 * scale)}px system-ui, sans-serif`;
    pen.textBaseline = 'middle';
    pen.fillStyle = palette.text;
    pen.fillText(plate.name, x + 30 * scale, y + 23 * scale);
    if (!node) return;
    this.paintBar(pen, x + 12 * scale, y + 52 * scale, (plate.width - 24) * scale, 6 * scale, node, palette);
  }

  private paintBar(
    pen: CanvasRenderingContext2D,
    x: number,
    y: number,
    width: number,
    height: number,
    node: NodeRow,
    palette: Palette,
  ): void {
    const share = Math.max(
      node.cpuMillis ? node.requestedCpuMillis / node.cpuMillis : 0,
      node.memoryBytes ? node.requestedMemoryBytes / node.memoryBytes : 0,
      node.pods / (node.podLimit || 110),
    );
    pen.fillStyle = palette.line;
    pen.fillRect(x, y, width, height);
    pen.fillStyle = share > 0.9 ? palette.warn : palette.accent;
    pen.fillRect(x, y, width * Math.min(1, share), height);
  }

  private paintPods(pen: CanvasRenderingContext2D, scene: Scene, plate: Plate, options: PaintOptions): void {
    const slots = scene.pods.get(plate.name);
    if (!slots) return;
    const { camera, ratio, palette } = options;
    const scale = camera.zoom * ratio;
    const size = plate.density === 'dot' ? DOT : TILE;
    const width = size.width * plate.scale * scale;
    const height = size.height * plate.scale * scale;
    const sprites = height >= SPRITE_FROM_PX ? this.sprites(plate, palette, width, height) : undefined;
    for (const [key, place] of slots.entries()) {
      const pod = model.pods.get(key);
      const box = pod && placeBox(plate, place);
      if (!box) continue;
      const x = Math.round((box.x * camera.zoom + camera.x) * ratio);
      const y = Math.round((box.y * camera.zoom + camera.y) * ratio);
      if (!sprites) {
        this.plainPath(POD_LOOKS[pod.state].tone).rect(x, y, Math.max(1, width), Math.max(1, height));
        continue;
      }
      const dimmed = options.namespace !== '' && pod.namespace !== options.namespace;
      if (dimmed) pen.globalAlpha = 0.3;
      pen.drawImage(sprites.of(pod.state), x, y);
      if (plate.density === 'tile' ? height > 26 * ratio : height >= NAMED_FROM_PX)
        paintName(pen, pod, plate, x, y, width, height, palette);
      pen.globalAlpha = 1;
      if (key === options.selected || key === options.hovered) {
        pen.lineWidth = 2 * ratio;
        pen.strokeStyle = palette.accent;
        pen.strokeRect(x - ratio, y - ratio, width + 2 * ratio, height + 2 * ratio);
      }
    }
  }

  private sprites(plate: Plate, palette: Palette, width: number, height: number): Sprites {
    const sheet = `${plate.density}${plate.scale}`;
    const present = this.sheets.get(sheet);
    if (present?.fits(palette, width, height)) return present;
    const sprites = new Sprites(palette, width, height);
    this.sheets.set(sheet, sprites);
    return sprites;
  }

  private plainPath(tone: Tone): Path2D {
    let path = this.plain.get(tone);
    if (!path) this.plain.set(tone, (path = new Path2D()));
    return path;
  }
}

function paintName(
  pen: CanvasRenderingContext2D,
  pod: PodRow,
  plate: Plate,
  x: number,
  y: number,
  width: number,
  height: number,
  palette: Palette,
): void {
  const { stem, suffix } = podText(pod);
  pen.fillStyle = palette.text;
  if (plate.density === 'tile') {
    pen.textBaseline = 'middle';
    pen.font = `500 ${height * 0.27}px system-ui, sans-serif`;
    pen.fillText(stem, x + height * 0.9, y + height / 2, width - height);
  } else {
    pen.textBaseline = 'bottom';
    pen.font = `${height * 0.2}px monospace`;
    pen.textAlign = 'center';
    pen.fillText(suffix.slice(-5) || stem.slice(0, 6), x + width / 2, y + height * 0.92, width * 0.9);
    pen.textAlign = 'left';
  }
}

export function healthTone(node: NodeRow | undefined): Tone {
  if (!node) return 'idle';
  if (node.ready !== 'True') return 'bad';
  return node.pressures.length || !node.schedulable ? 'warn' : 'ok';
}
