import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { clusterStore } from '../../store/cluster.ts';
import { viewStore } from '../../store/view.ts';
import { Painter } from './painter.ts';
import type { Scene } from './scene.ts';
import { readPalette } from './sprites.ts';

interface PodCanvasProps {
  readonly scene: Scene;
  readonly plates: boolean;
  readonly pods: boolean;
}

/** The one overlay canvas: drawn again at most once a frame, when the camera, the cluster or the view has changed. */
export function PodCanvas({ scene, plates, pods }: PodCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi();
  useEffect(() => {
    const element = canvas.current!;
    const pen = element.getContext('2d')!;
    const painter = new Painter();
    let palette = readPalette();
    let frame = 0;
    const draw = () => {
      frame = 0;
      const { transform, width, height } = flow.getState();
      const ratio = Math.min(2, devicePixelRatio || 1);
      if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
        element.width = Math.round(width * ratio);
        element.height = Math.round(height * ratio);
      }
      const { selected, hovered, namespace } = viewStore.getState();
      const camera = { x: transform[0], y: transform[1], zoom: transform[2] };
      painter.paint(pen, scene, { camera, widthPx: width, heightPx: height, ratio, palette, plates, pods, selected, hovered, namespace });
    };
    const request = () => {
      frame ||= requestAnimationFrame(draw);
    };
    const themeWatch = new MutationObserver(() => {
      palette = readPalette();
      request();
    });
    themeWatch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const stops = [
      flow.subscribe(request),
      scene.subscribe(request),
      viewStore.subscribe(request),
      clusterStore.subscribe((now, before) => now.versions.node !== before.versions.node && request()),
    ];
    request();
    return () => {
      cancelAnimationFrame(frame);
      themeWatch.disconnect();
      for (const stop of stops) stop();
    };
  }, [flow, scene, plates, pods]);
  return <canvas ref={canvas} className="pod-canvas" aria-hidden />;
}
