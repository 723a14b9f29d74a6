import { ViewportPortal } from '@xyflow/react';
import type { PodRow, Row, ServiceRow, WorkloadRow } from '../../../protocol/rows.ts';
import { model, useVersion } from '../../store/cluster.ts';
import { useView } from '../../store/view.ts';
import type { Box, Plate } from './layout.ts';
import { route } from './route.ts';
import type { Scene } from './scene.ts';

/** With at most this many edges in all, services show theirs faintly without being asked. */
const ALWAYS_UP_TO = 12;
/** A service with more endpoints shows only so many: more would be a hairball. */
const MOST_EDGES = 150;

interface Edge {
  readonly id: string;
  readonly kind: 'endpoint' | 'owner';
  readonly from: Box;
  readonly to: Box;
  readonly plate: Plate | undefined;
  /** The place of the pill, which sets lines of several apart. */
  readonly place: number;
  readonly focused: boolean;
  readonly open: boolean;
}

/** Lines from services to the pods behind them and from owners to what they own, when they are asked for. */
export function EdgeLayer({ scene }: { readonly scene: Scene }) {
  useVersion('slice');
  useVersion('pod');
  useVersion('workload');
  useVersion('service');
  const selected = useView((view) => view.selected);
  const hovered = useView((view) => view.hovered);
  const edges = collectEdges(scene, new Set([selected, hovered]));
  if (!edges.length) return null;
  const { laneY } = scene.layout;
  const path = ({ from, to, plate, place }: Edge) => route(from, to, plate, laneY, place, from.y + from.height + 20 < laneY);
  return (
    <ViewportPortal>
      <svg className="edge-layer" width={1} height={1} aria-hidden>
        {edges.map((edge) => (
          <path
            key={edge.id}
            d={path(edge)}
            className={`edge ${edge.kind} ${edge.focused ? 'focused' : ''} ${edge.open ? '' : 'closed'}`}
          />
        ))}
      </svg>
    </ViewportPortal>
  );
}

function collectEdges(scene: Scene, focus: ReadonlySet<string | undefined>): Edge[] {
  const edges: Edge[] = [];
  let quiet: Edge[] = [];
  for (const [key, place] of scene.services.entries()) {
    const service = model.services.get(key);
    if (!service) continue;
    const mine = endpointEdges(scene, service, place, focus);
    for (const edge of mine.slice(0, MOST_EDGES)) (edge.focused ? edges : quiet).push(edge);
    if (quiet.length > MOST_EDGES) quiet = quiet.slice(0, MOST_EDGES);
  }
  for (const key of focus) {
    const row = key === undefined ? undefined : model.rows.get(key);
    if (row) edges.push(...ownerEdges(scene, row));
  }
  return quiet.length + edges.length <= ALWAYS_UP_TO ? [...quiet, ...edges] : edges;
}

function endpointEdges(scene: Scene, service: ServiceRow, place: number, focus: ReadonlySet<string | undefined>): Edge[] {
  const from = scene.layout.service(place);
  const edges: Edge[] = [];
  for (const { pod: name, ready } of model.endpointsOf(service)) {
    const key = model.podKeys.get(name);
    const pod = key === undefined ? undefined : model.pods.get(key);
    const to = pod && scene.podBox(pod);
    if (!to) continue;
    edges.push({
      id: `${service.key}>${key}`,
      kind: 'endpoint',
      from,
      to,
      plate: scene.layout.plates.get(pod.node),
      place: place * 2,
      focused: focus.has(service.key) || focus.has(key),
      open: ready,
    });
  }
  return edges;
}

/** From the workload that has a pill down to its pods, for whichever of the two has the focus. */
function ownerEdges(scene: Scene, row: Row): Edge[] {
  if (row.kind === 'pod') {
    const top = topOwner(row);
    const from = top && pillOf(scene, top.key);
    const to = scene.podBox(row);
    return from && to
      ? [
          {
            id: `${top.key}>${row.key}`,
            kind: 'owner',
            from,
            to,
            plate: scene.layout.plates.get(row.node),
            place: 1,
            focused: true,
            open: true,
          },
        ]
      : [];
  }
  if (row.kind !== 'workload') return [];
  const from = pillOf(scene, row.key);
  if (!from) return [];
  const edges: Edge[] = [];
  for (const pod of model.pods.values()) {
    if (edges.length >= MOST_EDGES) break;
    if (pod.namespace !== row.namespace || topOwner(pod)?.key !== row.key) continue;
    const to = scene.podBox(pod);
    if (to)
      edges.push({
        id: `${row.key}>${pod.key}`,
        kind: 'owner',
        from,
        to,
        plate: scene.layout.plates.get(pod.node),
        place: 1,
        focused: true,
        open: true,
      });
  }
  return edges;
}

function pillOf(scene: Scene, key: string): Box | undefined {
  const place = scene.workloads.placeOf(key);
  return place === undefined ? undefined : scene.layout.workload(place);
}

/** The workload at the top of a pod's chain of owners. */
export function topOwner(pod: PodRow): WorkloadRow | undefined {
  let owner = pod.owner;
  let top: WorkloadRow | undefined;
  for (let depth = 0; owner && depth < 4; depth++) {
    top = model.workload(owner);
    owner = top?.owner;
  }
  return top;
}
