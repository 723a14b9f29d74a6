import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Call } from './call.ts';

/** An object with what a hook added, and how to take it back should the write fail. */
export interface Prepared {
  readonly object: KubeObject;
  /** Runs when the write did not happen. */
  rollback?(): Task<void>;
  /** Runs when the write happened, with the object as stored. */
  commit?(stored: KubeObject): Task<void>;
}

/**
 * What a resource needs beyond its own object: addresses and ports of services, mainly. Hooks run
 * after admission and before validation (generic registry's BeginCreate, BeginUpdate, AfterDelete).
 */
export interface ResourceHooks {
  beginCreate?(call: Call, object: KubeObject): Task<Prepared>;
  beginUpdate?(call: Call, object: KubeObject, old: KubeObject): Task<Prepared>;
  afterDelete?(object: KubeObject): Task<void>;
  /** The lease of the store under which an object is written that lives a limited time. */
  lease?(): Task<number>;
}
