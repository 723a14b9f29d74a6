import { useEffect, useRef } from 'react';
import { clusterStore, onRowChanges } from '../../store/cluster.ts';

/** How much of the cluster's time the strip shows at 1×; it stretches with the speed. */
const WINDOW_MS = 120_000;
const MOST_MARKS = 600;

interface Mark {
  readonly atMs: number;
  readonly kind: 'change' | 'event' | 'warning' | 'input';
}

const marks: Mark[] = [];

onRowChanges(
  (changes) => {
    const { nowMs } = clusterStore.getState().clock;
    let kind: Mark['kind'] | undefined;
    for (const { after } of changes) {
      if (after?.kind === 'event') kind = after.type === 'Warning' || kind === 'warning' ? 'warning' : 'event';
      else if (after?.kind === 'pod') kind ??= 'change';
    }
    if (kind) marks.push({ atMs: nowMs, kind });
    if (marks.length > MOST_MARKS) marks.splice(0, marks.length - MOST_MARKS);
  },
  () => marks.splice(0),
);

const HEIGHTS: Readonly<Record<Mark['kind'], number>> = { change: 0.35, event: 0.6, warning: 1, input: 1 };

/** What happened lately, as ticks along time: tall ones are warnings. */
export function EventStrip() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let frame = 0;
    let drawnMs = -1;
    const draw = () => {
      frame = 0;
      const element = canvas.current;
      const { clock } = clusterStore.getState();
      if (!element || clock.nowMs === drawnMs) return;
      drawnMs = clock.nowMs;
      paint(
        element,
        clock.nowMs,
        WINDOW_MS * Math.max(1, clock.speed === 'max' ? clock.achieved : Math.min(clock.speed, clock.achieved || 1)),
      );
    };
    const stop = clusterStore.subscribe(() => {
      frame ||= requestAnimationFrame(draw);
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, []);
  return (
    <div className="event-strip" aria-hidden>
      <canvas ref={canvas} />
    </div>
  );
}

function paint(element: HTMLCanvasElement, nowMs: number, windowMs: number): void {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const width = Math.round(element.clientWidth * ratio);
  const height = Math.round(element.clientHeight * ratio);
  if (element.width !== width || element.height !== height) Object.assign(element, { width, height });
  const pen = element.getContext('2d')!;
  const style = getComputedStyle(element);
  const colours = {
    change: style.getPropertyValue('--line-strong'),
    event: style.getPropertyValue('--busy'),
    warning: style.getPropertyValue('--warn'),
    input: style.getPropertyValue('--text'),
  };
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = style.getPropertyValue('--line');
  pen.fillRect(0, height - ratio, width, ratio);
  for (const { atMs, kind } of marks) {
    const x = width - ((nowMs - atMs) / windowMs) * width;
    if (x < 0) continue;
    pen.fillStyle = colours[kind];
    const tall = Math.round(height * HEIGHTS[kind]);
    pen.fillRect(Math.round(x) - 2 * ratio, height - tall, 2 * ratio, tall);
  }
}
