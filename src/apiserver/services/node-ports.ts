import type { KubeObject } from '../../api/object.ts';
import type { Rng } from '../../sim/rng.ts';
import type { WatchCache } from '../watch-cache.ts';

const FIRST = 30_000;
const LAST = 32_767;

interface ServicePort {
  readonly nodePort?: number;
}

/** Every node port a service holds. */
export function nodePortsOf(service: KubeObject): number[] {
  const ports = ((service.spec?.ports ?? []) as readonly ServicePort[]).map((port) => port.nodePort ?? 0).filter((port) => port > 0);
  const health = service.spec?.healthCheckNodePort as number | undefined;
  return health ? [...ports, health] : ports;
}

/** Which node ports are taken, followed through the cache of services, with those of writes under way. */
export class NodePorts {
  /** Ports with how many hold them: a service being written and its stored form may both. */
  private readonly held = new Map<number, number>();
  private readonly rng: Rng;

  constructor(services: WatchCache, rng: Rng) {
    this.rng = rng;
    for (const service of services.list()) this.add(service, 1);
    services.watch(
      {},
      {
        notify: ({ before, after }) => {
          if (after) this.add(after, 1);
          if (before) this.add(before, -1);
        },
        lost: () => {
          this.held.clear();
          for (const service of services.list()) this.add(service, 1);
        },
      },
    );
  }

  /** Whether the port was free and is now held. */
  take(port: number): boolean {
    if (this.held.has(port)) return false;
    this.held.set(port, 1);
    return true;
  }

  /** A free port, or undefined when all are taken. */
  takeAny(): number | undefined {
    const size = LAST - FIRST + 1;
    const start = this.rng.int(0, size - 1);
    for (let i = 0; i < size; i++) {
      const port = FIRST + ((start + i) % size);
      if (this.take(port)) return port;
    }
    return undefined;
  }

  release(port: number): void {
    const count = this.held.get(port) ?? 0;
    if (count <= 1) this.held.delete(port);
    else this.held.set(port, count - 1);
  }

  inRange(port: number): boolean {
    return port >= FIRST && port <= LAST;
  }

  private add(service: KubeObject, change: 1 | -1): void {
    for (const port of nodePortsOf(service)) {
      if (change === 1) this.held.set(port, (this.held.get(port) ?? 0) + 1);
      else this.release(port);
    }
  }
}
