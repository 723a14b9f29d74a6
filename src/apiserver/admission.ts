import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Call } from './call.ts';
import type { Resource } from './resource.ts';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What admission is asked about. Objects are in the storage version and immutable. */
export interface AdmissionRequest {
  readonly call: Call;
  readonly operation: AdmissionOperation;
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** The object as it would be stored; plugins that change it put another here. Undefined for DELETE. */
  object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  readonly dryRun: boolean;
}

/** A plugin of the admission chain. It refuses by throwing an ApiError. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Group resources (`pods`, `deployments.apps`) it wants to see; left out: all. */
  readonly resources?: readonly string[];
  readonly operations: readonly AdmissionOperation[];
  /** Changes `request.object`; runs before validation. */
  mutate?(request: AdmissionRequest): void;
  /** Runs after validation. */
  validate?(request: AdmissionRequest): void;
  /** Like `validate`, for plugins that must wait. Runs last. */
  reserve?(request: AdmissionRequest): Task<void>;
}

interface Chain {
  readonly mutating: readonly AdmissionPlugin[];
  readonly validating: readonly AdmissionPlugin[];
  readonly reserving: readonly AdmissionPlugin[];
}

/** The plugins in order, with those that a request concerns found by resource and operation. */
export class Admission {
  private readonly plugins: readonly AdmissionPlugin[];
  private readonly chains = new Map<string, Chain>();

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.plugins = plugins;
  }

  mutate(request: AdmissionRequest): void {
    for (const plugin of this.chain(request).mutating) plugin.mutate!(request);
  }

  validate(request: AdmissionRequest): void {
    for (const plugin of this.chain(request).validating) plugin.validate!(request);
  }

  *reserve(request: AdmissionRequest): Task<void> {
    const { reserving } = this.chain(request);
    for (const plugin of reserving) yield* plugin.reserve!(request);
  }

  private chain({ operation, resource }: AdmissionRequest): Chain {
    const key = `${operation} ${resource.name}`;
    let chain = this.chains.get(key);
    if (!chain) {
      const concerned = this.plugins.filter(
        (plugin) => plugin.operations.includes(operation) && (!plugin.resources || plugin.resources.includes(resource.name)),
      );
      chain = {
        mutating: concerned.filter((plugin) => plugin.mutate),
        validating: concerned.filter((plugin) => plugin.validate),
        reserving: concerned.filter((plugin) => plugin.reserve),
      };
      this.chains.set(key, chain);
    }
    return chain;
  }
}
