import { useSyncExternalStore } from 'react';
import { onRowChanges } from '../../store/cluster.ts';
import { Scene } from './scene.ts';
import type { Picture } from './scene.ts';

let scene = new Scene();
const listeners = new Set<() => void>();

/** The scene lives beside the model, whether or not the graph is on screen. */
onRowChanges(
  (changes) => scene.change(changes),
  () => {
    scene = new Scene();
    for (const listener of listeners) listener();
  },
);

export function useScene(): Scene {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => scene,
  );
}

/** Renders again when plates or pills moved. */
export function usePicture(of: Scene): Picture {
  return useSyncExternalStore(of.subscribe, () => of.picture);
}
