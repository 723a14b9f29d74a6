import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, useReactFlow, useStore as useFlow } from '@xyflow/react';
import type { Node } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { MouseEvent, PointerEvent, ReactNode, RefObject } from 'react';
import { model, useCluster } from '../../store/cluster.ts';
import { IconButton } from '../../kit/Button.tsx';
import { inspect, select, setView, viewStore } from '../../store/view.ts';
import { EdgeLayer } from './EdgeLayer.tsx';
import { MOST_PILLS } from './layout.ts';
import type { Layout } from './layout.ts';
import { MasterNode, MinionNode, TrayNode } from './MachineNodes.tsx';
import { ServiceNode, WorkloadNode } from './PillNodes.tsx';
import { PodCanvas } from './PodCanvas.tsx';
import { PodLayer } from './PodLayer.tsx';
import { podTitle } from './PodTile.tsx';
import type { Picture, Scene } from './scene.ts';
import { useScene, usePicture } from './use-scene.ts';
import '@xyflow/react/dist/base.css';
import './graph.css';

const NODE_TYPES = { master: MasterNode, minion: MinionNode, tray: TrayNode, service: ServiceNode, workload: WorkloadNode };
const MIN_ZOOM = 0.02;
const MAX_ZOOM = 3;
/** Above these, and from further away, elements give way to the canvas. */
const MOST_POD_ELEMENTS = 110;
const MOST_PLATE_ELEMENTS = 40;
const ELEMENTS_FROM_ZOOM = 0.42;
/** From the second no more than about that many plates are in sight. */
const PLATES_FROM_ZOOM = { few: 0.3, many: 0.5 };

/** The cluster as a picture: the hero of the page. `children` float above it. */
export function Graph({ children }: { readonly children?: ReactNode }) {
  return (
    <ReactFlowProvider>
      <GraphPane>{children}</GraphPane>
    </ReactFlowProvider>
  );
}

function GraphPane({ children }: { readonly children: ReactNode }) {
  const scene = useScene();
  const picture = usePicture(scene);
  const pane = useRef<HTMLDivElement>(null);
  const { plateElements, podElements, many } = useDetail(scene);
  const nodes = useMemo(() => sceneNodes(picture, plateElements), [picture, plateElements]);
  useFitting(scene, picture, pane);
  const point = usePointing(scene, !podElements, !plateElements);
  return (
    <div className="graph" ref={pane} {...point.handlers}>
      <ReactFlow
        nodes={nodes}
        edges={[]}
        nodeTypes={NODE_TYPES}
        minZoom={MIN_ZOOM}
        maxZoom={MAX_ZOOM}
        onlyRenderVisibleElements={many}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        panOnScroll={false}
        deleteKeyCode={null}
        attributionPosition="bottom-left"
        onPaneClick={() => select(undefined)}
        aria-label="Cluster"
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--canvas-dot)" />
        {podElements && <EdgeLayer scene={scene} />}
        {podElements && <PodLayer scene={scene} />}
        {(!podElements || !plateElements) && <PodCanvas scene={scene} plates={!plateElements} pods={!podElements} />}
      </ReactFlow>
      <GraphControls scene={scene} pane={pane} />
      {point.hint}
      {children}
    </div>
  );
}

function sceneNodes({ layout, workloads, services }: Picture, plateElements: boolean): Node[] {
  const nodes: Node[] = [];
  const common = { draggable: false, selectable: false };
  for (const plate of layout.plates.values()) {
    if (plate.role === 'minion' && !plateElements) continue;
    if (plate.role === 'tray' && layout.plates.size === 1) continue;
    const data = { name: plate.name, capacity: plate.capacity, scale: plate.scale };
    const { x, y, width, height } = plate;
    nodes.push({ id: `plate/${plate.name || 'tray'}`, type: plate.role, position: { x, y }, width, height, data, ...common });
  }
  for (const [pills, type, boxOf] of [
    [workloads, 'workload', layout.workload],
    [services, 'service', layout.service],
  ] as const) {
    for (const [key, place] of pills) {
      if (place >= MOST_PILLS) continue;
      const { x, y, width, height } = boxOf(place);
      nodes.push({ id: key, type, position: { x, y }, width, height, data: { key, scale: layout.scale }, ...common });
    }
  }
  return nodes;
}

/** What is drawn as elements and what on the canvas, by number and zoom. */
function useDetail(scene: Scene): { plateElements: boolean; podElements: boolean; many: boolean } {
  const near = useFlow((state) => state.transform[2] >= ELEMENTS_FROM_ZOOM);
  const fewPods = useCluster(() => model.pods.size <= MOST_POD_ELEMENTS);
  const many = useCluster(() => scene.minionCount > MOST_PLATE_ELEMENTS);
  const plateElements = useFlow((state) => state.transform[2] >= (many ? PLATES_FROM_ZOOM.many : PLATES_FROM_ZOOM.few));
  return { plateElements, podElements: near && fewPods, many };
}

const LARGEST_FIT = 1.15;

/** Keeps the whole in view until the person moves the camera, and whenever the pane changes its size before that. */
function useFitting(scene: Scene, { layout }: Picture, pane: RefObject<HTMLDivElement | null>): void {
  const moved = useRef(false);
  const { setViewport } = useReactFlow();
  const ready = useFlow((state) => state.panZoom !== null && state.width > 0);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = pane.current!;
    moved.current = false;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      scene.resize(width, height);
      setSize({ width, height });
    });
    observer.observe(element);
    const onWheel = (event: Event) => {
      if (event.isTrusted) moved.current = true;
    };
    const onDown = (event: Event) => {
      if ((event.target as HTMLElement).closest('.react-flow__pane')) moved.current = true;
    };
    element.addEventListener('wheel', onWheel, { passive: true });
    element.addEventListener('pointerdown', onDown);
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
    };
  }, [scene, pane]);
  useEffect(() => {
    if (!ready || moved.current || layout.plates.size < 2 || size.width === 0) return;
    void setViewport(fittedCamera(layout, size));
  }, [ready, layout, size, setViewport]);
}

/** The camera that shows all; on a phone as wide as the pane, from the top. */
function fittedCamera(layout: Layout, pane: { readonly width: number; readonly height: number }): { x: number; y: number; zoom: number } {
  const isPhone = pane.width < 600;
  const [top, side, bottom] = [24, isPhone ? 16 : 28, 56];
  const across = (pane.width - 2 * side) / layout.width;
  const down = (pane.height - top - bottom) / layout.height;
  const readsDownwards = isPhone && layout.minionColumns === 1;
  const zoom = Math.max(MIN_ZOOM, Math.min(readsDownwards ? across : Math.min(across, down), LARGEST_FIT));
  const spare = Math.max(0, pane.height - top - bottom - layout.height * zoom);
  return { zoom, x: (pane.width - layout.width * zoom) / 2, y: top + spare * 0.3 };
}

function GraphControls({ scene, pane }: { readonly scene: Scene; readonly pane: RefObject<HTMLDivElement | null> }) {
  const { zoomIn, zoomOut, setViewport } = useReactFlow();
  const zoom = useFlow((state) => Math.round(state.transform[2] * 100));
  return (
    <div className="graph-controls" role="group" aria-label="Zoom">
      <IconButton label="Zoom out" onClick={() => void zoomOut()}>
        <Minus size={15} />
      </IconButton>
      <span className="zoom">{zoom}%</span>
      <IconButton label="Zoom in" onClick={() => void zoomIn()}>
        <Plus size={15} />
      </IconButton>
      <IconButton
        label="Show everything"
        onClick={() =>
          void setViewport(fittedCamera(scene.layout, { width: pane.current!.clientWidth, height: pane.current!.clientHeight }), {
            duration: 200,
          })
        }
      >
        <Maximize size={14} />
      </IconButton>
    </div>
  );
}

/** Pointing at things that are drawn on the canvas. */
function usePointing(scene: Scene, pods: boolean, plates: boolean) {
  const { screenToFlowPosition } = useReactFlow();
  const [hint, setHint] = useState<{ x: number; y: number; text: string } | undefined>();
  const find = (event: PointerEvent | MouseEvent): string | undefined => {
    if ((!pods && !plates) || !(event.target as HTMLElement).closest('.react-flow')) return undefined;
    const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const pod = pods ? scene.podAt(x, y) : undefined;
    if (pod) return pod;
    const plate = plates ? scene.plateAt(x, y) : undefined;
    return plate?.role === 'minion' ? `machine/${plate.name}` : undefined;
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!pods && !plates) return;
    const key = event.buttons ? undefined : find(event);
    const row = key === undefined ? undefined : model.rows.get(key);
    const bounds = event.currentTarget.getBoundingClientRect();
    const text =
      row?.kind === 'pod' ? podTitle(row) : row?.kind === 'machine' ? `${row.name}\n${model.nodes.get(row.name)?.pods ?? 0} pods` : '';
    setHint(text ? { x: event.clientX - bounds.left, y: event.clientY - bounds.top, text } : undefined);
    if (viewStore.getState().hovered !== key) setView({ hovered: key });
  };
  const onClick = (event: MouseEvent) => {
    const key = find(event);
    if (key !== undefined) inspect(key);
  };
  const handlers = { onPointerMove, onClick, onPointerLeave: () => setHint(undefined) };
  return {
    handlers,
    hint: hint && (
      <div className="pointer-hint" style={{ left: hint.x + 14, top: hint.y + 14 }}>
        {hint.text}
      </div>
    ),
  };
}
