import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, useReactFlow, useStore as useFlow } from '@xyflow/react';
import type { Node } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { PointerEvent, ReactNode } from 'react';
import { model, useCluster } from '../../store/cluster.ts';
import { IconButton } from '../../kit/Button.tsx';
import { inspect, select, setView, viewStore } from '../../store/view.ts';
import { EdgeLayer } from './EdgeLayer.tsx';
import { MOST_PILLS } from './layout.ts';
import { MasterNode, MinionNode, TrayNode } from './MachineNodes.tsx';
import { ServiceNode, WorkloadNode } from './PillNodes.tsx';
import { PodCanvas } from './PodCanvas.tsx';
import { PodLayer } from './PodLayer.tsx';
import { podTitle } from './PodTile.tsx';
import type { Scene } from './scene.ts';
import { useScene, useStructure } from './use-scene.ts';
import '@xyflow/react/dist/base.css';
import './graph.css';

const NODE_TYPES = { master: MasterNode, minion: MinionNode, tray: TrayNode, service: ServiceNode, workload: WorkloadNode };
const MIN_ZOOM = 0.02;
const MAX_ZOOM = 3;
/** Above these, and from further away, elements give way to the canvas. */
const MOST_POD_ELEMENTS = 110;
const MOST_PLATE_ELEMENTS = 40;
const ELEMENTS_FROM_ZOOM = 0.42;

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
  const structure = useStructure(scene);
  const pane = useRef<HTMLDivElement>(null);
  const { plateElements, podElements } = useDetail(scene);
  const nodes = useMemo(() => sceneNodes(scene, plateElements), [scene, structure, plateElements]);
  useFitting(scene, structure, pane);
  const point = usePointing(scene, !podElements, !plateElements);
  return (
    <div className="graph" ref={pane} {...point.handlers}>
      <ReactFlow
        nodes={nodes}
        edges={[]}
        nodeTypes={NODE_TYPES}
        minZoom={MIN_ZOOM}
        maxZoom={MAX_ZOOM}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        panOnScroll={false}
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
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

function sceneNodes(scene: Scene, plateElements: boolean): Node[] {
  const nodes: Node[] = [];
  const common = { draggable: false, selectable: false };
  for (const plate of scene.layout.plates.values()) {
    if (plate.role === 'minion' && !plateElements) continue;
    if (plate.role === 'tray' && scene.layout.plates.size === 1) continue;
    const data = { name: plate.name, capacity: plate.capacity, scale: plate.scale };
    const { x, y, width, height } = plate;
    nodes.push({ id: `plate/${plate.name || 'tray'}`, type: plate.role, position: { x, y }, width, height, data, ...common });
  }
  for (const [slots, type, boxOf] of [
    [scene.workloads, 'workload', scene.layout.workload],
    [scene.services, 'service', scene.layout.service],
  ] as const) {
    for (const [key, place] of slots.entries()) {
      if (place >= MOST_PILLS) continue;
      const { x, y, width, height } = boxOf(place);
      nodes.push({ id: key, type, position: { x, y }, width, height, data: { key, scale: scene.layout.scale }, ...common });
    }
  }
  return nodes;
}

/** What is drawn as elements and what on the canvas, by number and zoom. */
function useDetail(scene: Scene): { plateElements: boolean; podElements: boolean } {
  const near = useFlow((state) => state.transform[2] >= ELEMENTS_FROM_ZOOM);
  const farPlates = useFlow((state) => state.transform[2] >= 0.3);
  const fewPods = useCluster(() => model.pods.size <= MOST_POD_ELEMENTS);
  const plates = useCluster(() => scene.minionCount);
  return { plateElements: farPlates && plates <= MOST_PLATE_ELEMENTS, podElements: near && fewPods };
}

const FIT = { padding: { top: '28px', right: '28px', bottom: '52px', left: '28px' }, maxZoom: 1.15 } as const;

/** Keeps the whole in view until the person moves the camera, and whenever the pane changes its size before that. */
function useFitting(scene: Scene, structure: number, pane: React.RefObject<HTMLDivElement | null>): void {
  const moved = useRef(false);
  const shownScene = useRef(scene);
  const { fitBounds, setViewport } = useReactFlow();
  const ready = useFlow((state) => state.panZoom !== null && state.width > 0);
  const [size, setSize] = useState('');
  if (shownScene.current !== scene) {
    shownScene.current = scene;
    moved.current = false;
  }
  useEffect(() => {
    const element = pane.current!;
    const observer = new ResizeObserver(() => {
      scene.resize(element.clientWidth, element.clientHeight);
      setSize(`${element.clientWidth}x${element.clientHeight}`);
    });
    observer.observe(element);
    const onMove = (event: Event) => {
      if (event.isTrusted) moved.current = true;
    };
    const onDown = (event: Event) => {
      if ((event.target as HTMLElement).closest('.react-flow__pane')) moved.current = true;
    };
    element.addEventListener('wheel', onMove, { passive: true });
    element.addEventListener('pointerdown', onDown);
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', onMove);
      element.removeEventListener('pointerdown', onDown);
    };
  }, [scene, pane]);
  useEffect(() => {
    if (!ready || moved.current || scene.layout.plates.size < 2) return;
    const { zoom, x, y } = fittedCamera(scene, pane.current!);
    void setViewport({ zoom, x, y });
  }, [ready, structure, size, scene, fitBounds, setViewport, pane]);
}

/** The camera that shows all; on a phone as wide as the pane, from the top. */
export function fittedCamera(scene: Scene, pane: HTMLElement): { x: number; y: number; zoom: number } {
  const { clientWidth, clientHeight } = pane;
  const { width, height } = scene.layout;
  const [top, side, bottom] = [24, clientWidth < 600 ? 16 : 28, 56];
  const across = (clientWidth - 2 * side) / width;
  const down = (clientHeight - top - bottom) / height;
  const zoom = Math.max(MIN_ZOOM, Math.min(clientWidth < 600 && scene.minionCount <= 12 ? across : Math.min(across, down), FIT.maxZoom));
  const y = down * 1.001 < zoom ? top : top + Math.max(0, (clientHeight - top - bottom - height * zoom) / 2) * 0.6;
  return { zoom, x: (clientWidth - width * zoom) / 2, y };
}

function GraphControls({ scene, pane }: { readonly scene: Scene; readonly pane: React.RefObject<HTMLDivElement | null> }) {
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
      <IconButton label="Show everything" onClick={() => void setViewport(fittedCamera(scene, pane.current!), { duration: 200 })}>
        <Maximize size={14} />
      </IconButton>
    </div>
  );
}

/** Pointing at things that are drawn on the canvas. */
function usePointing(scene: Scene, pods: boolean, plates: boolean) {
  const { screenToFlowPosition } = useReactFlow();
  const [hint, setHint] = useState<{ x: number; y: number; text: string } | undefined>();
  const find = (event: PointerEvent | React.MouseEvent): string | undefined => {
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
  const onClick = (event: React.MouseEvent) => {
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
