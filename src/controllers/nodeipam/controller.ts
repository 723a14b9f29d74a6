import { NODES } from '../../api/kinds.ts';
import { ignoring } from '../shared/ownership.ts';
import { messageOf, numberFlag, startWorkers } from '../shared/workers.ts';
import { CidrSet } from './cidr-set.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

/** Gives every node its part of the pods' network (pkg/controller/nodeipam, RangeAllocator). Flags: `allocate-node-cidrs`, `cluster-cidr`, `node-cidr-mask-size`. */
export const nodeIpamController: Controller = {
  name: 'node-ipam-controller',
  component: 'cidrAllocator',
  start(context) {
    const { client, recorder } = context;
    const range = context.flag('cluster-cidr');
    if (context.flag('allocate-node-cidrs') === 'false' || !range) return;
    let parts: CidrSet;
    try {
      parts = new CidrSet(range, numberFlag(context, 'node-cidr-mask-size', 24));
    } catch (error) {
      context.log(`"Unhandled Error" err="node ipam: ${messageOf(error)}"`);
      return;
    }
    const nodes = context.informers.informer(NODES);
    const queue = context.queue('cidrallocator_node');
    /** What was handed out and may not be in the cache yet. */
    const given = new Map<string, string>();
    nodes.onChange({
      added: (node) => {
        if (node.spec?.podCIDR) parts.occupy(node.spec.podCIDR);
        else queue.add(node.metadata.name);
      },
      updated: (_before, node) => {
        if (!node.spec?.podCIDR) queue.add(node.metadata.name);
      },
      deleted: (node) => {
        const cidr = node.spec?.podCIDR ?? given.get(node.metadata.name);
        given.delete(node.metadata.name);
        if (cidr) parts.release(cidr);
      },
    });
    const reconcile = function* (name: string): Task<void> {
      const node = nodes.get(name);
      if (!node || node.spec?.podCIDR) return;
      const cidr = given.get(name) ?? parts.allocate();
      if (!cidr) {
        recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
        throw new Error(
          `failed to allocate cidr from cluster cidr at idx:0: CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range`,
        );
      }
      given.set(name, cidr);
      yield* ignoring(['NotFound'], client.patch(NODES, { name }, 'strategic', { spec: { podCIDR: cidr, podCIDRs: [cidr] } }));
    };
    startWorkers(context, 'node ipam', queue, 1, reconcile);
  },
};
