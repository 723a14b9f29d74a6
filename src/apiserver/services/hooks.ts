import { internalError } from '../errors.ts';
import { invalid, type FieldError } from '../../api/status.ts';
import { NodePorts, nodePortsOf } from './node-ports.ts';
import type { ClusterIPs } from './cluster-ips.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Prepared, ResourceHooks } from '../hooks.ts';
import type { Task } from '../../sim/wait.ts';

interface Port {
  readonly port: number;
  readonly protocol?: string;
  readonly nodePort?: number;
}

type Spec = Record<string, any>;

const KIND = { group: '', kind: 'Service' };

export function needsClusterIP(service: KubeObject): boolean {
  return service.spec?.type !== 'ExternalName';
}

function needsNodePorts(spec: Spec): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

function mayHaveNodePorts(spec: Spec | undefined): boolean {
  return spec?.type === 'NodePort' || spec?.type === 'LoadBalancer';
}

function needsHealthPort(spec: Spec | undefined): boolean {
  return spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

function refuse(service: KubeObject, field: string, value: unknown, detail: string): never {
  const error: FieldError = { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${detail}` };
  throw invalid(KIND, service.metadata?.name ?? '', [error]);
}

/** Gives services their addresses and node ports (registry/core/service/storage/alloc.go). */
export function serviceHooks(addresses: ClusterIPs, ports: () => NodePorts, fresh: () => Task<void>): ResourceHooks {
  return {
    *beginCreate(_call, object) {
      return yield* allocate(withFamilies(object), undefined);
    },
    *beginUpdate(_call, object, old) {
      return yield* allocate(withFamilies(withOldValues(object, old)), old);
    },
    *afterDelete(service) {
      for (const address of clusterIPs(service)) yield* addresses.release(address);
    },
  };

  function* allocate(service: KubeObject, old: KubeObject | undefined): Task<Prepared> {
    const taken: number[] = [];
    const claimed: string[] = [];
    const undo = function* (): Task<void> {
      for (const port of taken) ports().release(port);
      for (const address of claimed) yield* addresses.release(address);
    };
    try {
      const addressed = yield* withAddress(service, old, claimed);
      const object = withPorts(addressed, old, taken);
      const kept = new Set(clusterIPs(object));
      const given = old ? clusterIPs(old).filter((address) => !kept.has(address)) : [];
      return {
        object,
        rollback: undo,
        *commit() {
          // The cache must know of the ports before they are let go here.
          yield* fresh();
          for (const port of taken) ports().release(port);
          for (const address of given) yield* addresses.release(address);
        },
      };
    } catch (error) {
      yield* undo();
      throw error;
    }
  }

  function* withAddress(service: KubeObject, old: KubeObject | undefined, claimed: string[]): Task<KubeObject> {
    const { spec } = service;
    if (!needsClusterIP(service) || spec.clusterIP === 'None') return service;
    const { namespace = '', name = '' } = service.metadata!;
    let address = spec.clusterIP as string | undefined;
    if (!address) {
      address = yield* addresses.takeAny(namespace, name);
      if (!address) throw internalError('failed to allocate a serviceIP: range is full');
      claimed.push(address);
    } else if (!old || !clusterIPs(old).includes(address)) {
      const problem = yield* addresses.take(address, namespace, name);
      if (problem) refuse(service, 'spec.clusterIPs', [address], `failed to allocate IP ${address}: ${problem}`);
      claimed.push(address);
    }
    return { ...service, spec: { ...spec, clusterIP: address, clusterIPs: [address] } };
  }

  function withPorts(service: KubeObject, old: KubeObject | undefined, taken: number[]): KubeObject {
    const { spec } = service;
    const held = new Set(old ? nodePortsOf(old) : []);
    const take = (wanted: number | undefined, field: string): number => {
      if (wanted && held.has(wanted)) return wanted;
      if (wanted) {
        if (!ports().inRange(wanted))
          refuse(service, field, wanted, 'provided port is not in the valid range. The range of valid ports is 30000-32767');
        if (!ports().take(wanted)) refuse(service, field, wanted, 'provided port is already allocated');
        taken.push(wanted);
        return wanted;
      }
      const any = ports().takeAny();
      if (any === undefined) throw internalError('failed to allocate a nodePort: range is full');
      taken.push(any);
      return any;
    };
    let changed: Spec = spec;
    if (needsNodePorts(spec) && spec.ports) {
      const byPort = new Map<number, number>();
      const given = (spec.ports as readonly Port[]).map((port, i) => {
        // TCP and UDP on the same port share a node port.
        const nodePort = port.nodePort ?? byPort.get(port.port) ?? take(undefined, `spec.ports[${i}].nodePort`);
        if (port.nodePort && !taken.includes(port.nodePort)) take(port.nodePort, `spec.ports[${i}].nodePort`);
        byPort.set(port.port, nodePort);
        return port.nodePort === nodePort ? port : { ...port, nodePort };
      });
      changed = { ...changed, ports: given };
    } else if (mayHaveNodePorts(spec)) {
      (spec.ports as readonly Port[] | undefined)?.forEach((port, i) => port.nodePort && take(port.nodePort, `spec.ports[${i}].nodePort`));
    }
    if (needsHealthPort(spec)) changed = { ...changed, healthCheckNodePort: take(spec.healthCheckNodePort, 'spec.healthCheckNodePort') };
    return changed === spec ? service : { ...service, spec: changed };
  }
}

function clusterIPs(service: KubeObject): string[] {
  const address = service.spec?.clusterIP as string | undefined;
  return needsClusterIP(service) && address && address !== 'None' ? [address] : [];
}

/** One address family: dual-stack clusters are not simulated. */
function withFamilies(service: KubeObject): KubeObject {
  const { spec } = service;
  if (!spec || !needsClusterIP(service)) return service;
  const headlessWithoutSelector = spec.clusterIP === 'None' && !spec.selector;
  const additions: Spec = {};
  if (!spec.ipFamilyPolicy) additions.ipFamilyPolicy = headlessWithoutSelector ? 'RequireDualStack' : 'SingleStack';
  if (!spec.ipFamilies?.length) additions.ipFamilies = headlessWithoutSelector && additions.ipFamilyPolicy ? ['IPv4', 'IPv6'] : ['IPv4'];
  if (spec.clusterIP === 'None' && !spec.clusterIPs?.length) additions.clusterIPs = ['None'];
  return Object.keys(additions).length > 0 ? { ...service, spec: { ...spec, ...additions } } : service;
}

/** Values that were allocated before and that the client left out (alloc.go patchAllocatedValues). */
function withOldValues(service: KubeObject, old: KubeObject): KubeObject {
  const before = old.spec as Spec;
  let spec = { ...(service.spec as Spec) };
  if (needsClusterIP(service) && needsClusterIP(old)) {
    if (!spec.clusterIP) spec = { ...spec, clusterIP: before.clusterIP, clusterIPs: before.clusterIPs };
    if (!spec.ipFamilies && before.ipFamilies) spec.ipFamilies = before.ipFamilies;
    if (!spec.ipFamilyPolicy && before.ipFamilyPolicy) spec.ipFamilyPolicy = before.ipFamilyPolicy;
  } else if (!needsClusterIP(service) && spec.clusterIP === before.clusterIP) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  if (mayHaveNodePorts(spec) && mayHaveNodePorts(before) && needsNodePorts(spec)) {
    const known = new Map(
      ((before.ports ?? []) as readonly Port[]).map((port) => [`${port.protocol ?? 'TCP'} ${port.port}`, port.nodePort]),
    );
    const used = new Set(((spec.ports ?? []) as readonly Port[]).map((port) => port.nodePort));
    spec.ports = ((spec.ports ?? []) as readonly Port[]).map((port) => {
      const nodePort = known.get(`${port.protocol ?? 'TCP'} ${port.port}`);
      return port.nodePort || !nodePort || used.has(nodePort) ? port : { ...port, nodePort };
    });
  }
  if (needsHealthPort(spec) && needsHealthPort(before) && !spec.healthCheckNodePort) spec.healthCheckNodePort = before.healthCheckNodePort;
  return { ...service, spec };
}
