import type { Pod } from '../../api/kinds.ts';
import type { Informer } from '../../client/informer.ts';

/** The name of the index of pods by the node they are bound to. */
export const NODE_INDEX = 'nodeName';

const NONE: readonly string[] = [];

export function indexByNode(pods: Informer<Pod>): void {
  pods.addIndex(NODE_INDEX, (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : NONE));
}
