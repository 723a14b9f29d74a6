import { ViewportPortal } from '@xyflow/react';
import { model, useVersion } from '../../store/cluster.ts';
import { useView } from '../../store/view.ts';
import { TRAY } from './layout.ts';
import { PodTile } from './PodTile.tsx';
import { sideOf } from './route.ts';
import type { Scene } from './scene.ts';

/** Pods as elements: while there are few enough of them to be looked at one by one. */
export function PodLayer({ scene }: { readonly scene: Scene }) {
  useVersion('pod');
  useVersion('slice');
  const selected = useView((view) => view.selected);
  const namespace = useView((view) => view.namespace);
  const pods = [...model.pods.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return (
    <ViewportPortal>
      <div className="pod-layer">
        {pods.map((pod) => {
          const box = scene.podBox(pod);
          if (!box) return null;
          const plate = scene.layout.plates.get(pod.node) ?? scene.layout.plates.get(TRAY);
          return (
            <PodTile
              key={pod.key}
              pod={pod}
              box={box}
              small={plate?.density === 'dot'}
              scale={plate?.scale ?? 1}
              selected={pod.key === selected}
              dimmed={namespace !== '' && pod.namespace !== namespace}
              side={sideOf(plate, box)}
              served={(model.endpointCounts.get(`${pod.namespace}/${pod.name}`) ?? 0) > 0}
            />
          );
        })}
      </div>
    </ViewportPortal>
  );
}
