import { MAX_SCORE, type Plugin } from '../framework.ts';

const MIN_BYTES = 23 * 1024 * 1024;
const MAX_BYTES_PER_CONTAINER = 1000 * 1024 * 1024;
const STATE = 'ImageLocality';

/** `nginx` is listed on nodes as `nginx:latest`. */
function normalized(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

/** Nodes that have the pod's images already are better, the more so the more nodes have them. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  retriesAfter: [],
  preScore(pod, _nodes, cluster, state) {
    const images = new Map<string, number>();
    for (const container of pod.spec.containers) {
      const image = normalized(container.image ?? '');
      if (images.has(image)) continue;
      let holders = 0;
      for (const node of cluster.nodes) if (node.images.has(image)) holders++;
      if (holders > 0) images.set(image, holders / cluster.nodes.length);
    }
    if (images.size === 0) return 'skip';
    state.set(STATE, images);
    return undefined;
  },
  score(pod, node, state) {
    let sum = 0;
    for (const [image, spread] of state.get(STATE) as Map<string, number>) sum += Math.trunc((node.images.get(image) ?? 0) * spread);
    const most = MAX_BYTES_PER_CONTAINER * pod.spec.containers.length;
    const bounded = Math.min(Math.max(sum, MIN_BYTES), most);
    return Math.trunc((MAX_SCORE * (bounded - MIN_BYTES)) / (most - MIN_BYTES));
  },
};
