import type { KubeObject, WatchEvent } from '../api/object.ts';

/**
 * One change of one stored object, shared by all watchers: the events that say it are made once,
 * at the first watcher that needs them.
 */
export class Change {
  readonly revision: number;
  /** In the store. */
  readonly key: string;
  /** Undefined when the object was created. */
  readonly before: KubeObject | undefined;
  /** Undefined when the object was deleted. */
  readonly after: KubeObject | undefined;
  /** When it happened, on the virtual clock. */
  readonly atMs: number;
  private lastState: KubeObject | undefined;
  /** The event in the version that was asked for last: nearly always the only one. */
  private made: WatchEvent | undefined;
  private madeFor: string | undefined;

  constructor(revision: number, key: string, before: KubeObject | undefined, after: KubeObject | undefined, atMs: number) {
    this.revision = revision;
    this.key = key;
    this.before = before;
    this.after = after;
    this.atMs = atMs;
  }

  /**
   * The event for a watcher that saw the object before (`sawBefore`) and sees it now (`seesNow`),
   * or undefined if it concerns it not at all. `convert` makes the version that is watched, named `version`.
   */
  eventFor(sawBefore: boolean, seesNow: boolean, version: string, convert: (object: KubeObject) => KubeObject): WatchEvent | undefined {
    if (seesNow) return this.event(sawBefore ? 'MODIFIED' : 'ADDED', this.after!, version, convert);
    return sawBefore ? this.event('DELETED', this.gone(), version, convert) : undefined;
  }

  private event(
    type: 'ADDED' | 'MODIFIED' | 'DELETED',
    object: KubeObject,
    version: string,
    convert: (object: KubeObject) => KubeObject,
  ): WatchEvent {
    if (this.made?.type !== type || this.madeFor !== version) {
      this.made = { type, object: convert(object) };
      this.madeFor = version;
    }
    return this.made;
  }

  /** The last state, at the version in which it was gone (etcd3 watcher: a deletion carries its own revision). */
  private gone(): KubeObject {
    this.lastState ??= { ...this.before, metadata: { ...this.before!.metadata, resourceVersion: String(this.revision) } };
    return this.lastState;
  }
}
