import { refuse, type Plugin } from '../framework.ts';
import type { HostPort } from '../pod-info.ts';

const REFUSAL = refuse("node(s) didn't have free ports for the requested pod ports");

function collide(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0');
}

/** Two pods on one node cannot have the same host port. */
export const nodePorts: Plugin = {
  name: 'NodePorts',
  retriesAfter: ['node-added', 'pod-removed'],
  preFilter: (pod) => (pod.hostPorts.length === 0 ? 'skip' : undefined),
  filter(pod, node) {
    for (const other of node.pods.values()) {
      for (const taken of other.hostPorts) if (pod.hostPorts.some((wanted) => collide(wanted, taken))) return REFUSAL;
    }
    return undefined;
  },
};
