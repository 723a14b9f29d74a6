import { addressIndex, cidrSize, nthAddress, parseCidr, type Cidr } from '../../base/ip.ts';
import { create } from '../verbs/create.ts';
import { internalCall } from '../internal-call.ts';
import { isApiError } from '../../api/status.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Task } from '../../sim/wait.ts';
import type { ServerContext } from '../server-context.ts';

const GROUP = 'networking.k8s.io';

/** Addresses at the beginning of the range are given away last, so that people can choose them (ServiceIPStaticSubrange). */
function staticBand(size: number): number {
  return Math.min(Math.max(16, Math.floor(size / 16)), 256);
}

/**
 * The addresses of services. An address is taken by creating its IPAddress object, so that
 * several API servers agree (registry/core/service/ipallocator/ipallocator.go).
 */
export class ClusterIPs {
  private readonly server: ServerContext;
  private readonly range: Cidr;
  private readonly rng: Rng;

  constructor(server: ServerContext, serviceCIDR: string, rng: Rng) {
    this.server = server;
    this.range = parseCidr(serviceCIDR)!;
    this.rng = rng;
  }

  /** Why an address cannot be given to a service, or undefined after it has been taken. */
  *take(address: string, namespace: string, name: string): Task<string | undefined> {
    const index = addressIndex(this.range, address);
    const last = cidrSize(this.range) - 1n;
    if (index === undefined || index === 0n || index === last) {
      const { range } = this;
      return `the provided network does not match the current range: provided IP (${address}) is not in the valid range. The range of valid IPs is ${nthAddress(range, 0)}/${range.prefix}`;
    }
    return (yield* this.claim(address, namespace, name)) ? undefined : 'provided IP is already allocated';
  }

  /** A free address, or undefined when the range is full. */
  *takeAny(namespace: string, name: string): Task<string | undefined> {
    const usable = Number(cidrSize(this.range)) - 2;
    const band = staticBand(usable + 2);
    const dynamic = usable - band;
    return (yield* this.scan(band + 1, dynamic, namespace, name)) ?? (yield* this.scan(1, Math.min(band, usable), namespace, name));
  }

  *release(address: string): Task<void> {
    const { resource } = this.addresses();
    try {
      yield* this.server.objects.remove(resource, '', address, undefined);
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }

  private *scan(first: number, count: number, namespace: string, name: string): Task<string | undefined> {
    if (count <= 0) return undefined;
    const { cache } = this.addresses().resource;
    const start = this.rng.int(0, count - 1);
    for (let i = 0; i < count; i++) {
      const address = nthAddress(this.range, first + ((start + i) % count))!;
      if (cache.get(address)) continue;
      if (yield* this.claim(address, namespace, name)) return address;
    }
    return undefined;
  }

  private *claim(address: string, namespace: string, name: string): Task<boolean> {
    const served = this.addresses();
    const call = internalCall({ verb: 'create', group: GROUP, version: 'v1', resource: 'ipaddresses' });
    const labels = { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' };
    const parentRef = { resource: 'services', namespace, name };
    try {
      yield* create(this.server, call, served, {
        apiVersion: `${GROUP}/v1`,
        kind: 'IPAddress',
        metadata: { name: address, labels },
        spec: { parentRef },
      });
      return true;
    } catch (error) {
      if (isApiError(error, 'AlreadyExists')) return false;
      throw error;
    }
  }

  private addresses() {
    return this.server.resources.find(GROUP, 'v1', 'ipaddresses')!;
  }
}
