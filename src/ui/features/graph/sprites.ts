import type { PodState } from '../../../protocol/rows.ts';
import { POD_LOOKS } from '../../kit/states.ts';
import type { Tone } from '../../kit/states.ts';

export type Palette = Readonly<
  Record<Tone | `${Tone}-soft` | `${Tone}-line` | 'surface' | 'line' | 'line-strong' | 'text' | 'text-faint' | 'accent', string>
>;

const TONES: readonly Tone[] = ['ok', 'busy', 'warn', 'bad', 'idle'];

/** The colours of the present theme, for the canvas. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const names = [
    ...TONES.flatMap((tone) => [tone, `${tone}-soft`, `${tone}-line`]),
    'surface',
    'line',
    'line-strong',
    'text',
    'text-faint',
    'accent',
  ];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Palette;
}

/** From this size on a square has room for the end of the pod's name. */
export const NAMED_FROM_PX = 40;

/** Pictures of pods by state, drawn once a size. */
export class Sprites {
  private readonly palette: Palette;
  private readonly widthPx: number;
  private readonly heightPx: number;
  private readonly pictures = new Map<PodState, HTMLCanvasElement>();

  constructor(palette: Palette, widthPx: number, heightPx: number) {
    this.palette = palette;
    this.widthPx = Math.max(1, Math.round(widthPx));
    this.heightPx = Math.max(1, Math.round(heightPx));
  }

  fits(palette: Palette, widthPx: number, heightPx: number): boolean {
    return this.palette === palette && Math.round(widthPx) === this.widthPx && Math.round(heightPx) === this.heightPx;
  }

  of(state: PodState): HTMLCanvasElement {
    let picture = this.pictures.get(state);
    if (!picture) this.pictures.set(state, (picture = this.draw(state)));
    return picture;
  }

  private draw(state: PodState): HTMLCanvasElement {
    const { widthPx: width, heightPx: height, palette } = this;
    const look = POD_LOOKS[state];
    const picture = document.createElement('canvas');
    picture.width = width;
    picture.height = height;
    const pen = picture.getContext('2d')!;
    const radius = Math.min(width, height) * 0.2;
    pen.beginPath();
    pen.roundRect(0.5, 0.5, width - 1, height - 1, radius);
    pen.fillStyle = palette[`${look.tone}-soft`];
    pen.fill();
    pen.lineWidth = Math.max(1, height / 24);
    pen.strokeStyle = palette[`${look.tone}-line`];
    if (look.moving) pen.setLineDash([height / 6, height / 8]);
    pen.stroke();
    pen.setLineDash([]);
    const isWide = width > height * 1.5;
    const named = !isWide && height >= NAMED_FROM_PX;
    const glyph = Math.min(width, height) * (named ? 0.46 : 0.62);
    pen.translate(isWide ? height * 0.18 : (width - glyph) / 2, named ? height * 0.16 : (height - glyph) / 2);
    pen.scale(glyph / 16, glyph / 16);
    pen.lineCap = pen.lineJoin = 'round';
    pen.lineWidth = 1.9;
    pen.fillStyle = pen.strokeStyle = palette[look.tone];
    if (look.fill) pen.fill(new Path2D(look.fill));
    if (look.stroke) pen.stroke(new Path2D(look.stroke));
    pen.strokeStyle = palette.surface;
    if (look.mark) pen.stroke(new Path2D(look.mark));
    return picture;
  }
}
