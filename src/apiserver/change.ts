import type { KubeObject, WatchEvent } from '../api/object.ts';

/**
 * One change of one stored object, shared by all watchers: the events that say it are made once,
 * at the first watcher that needs them.
 */
export class Change {
  readonly revision: number;
  /** `namespace/name`, or the bare name. */
  readonly key: string;
  /** Undefined when the object was created. */
  readonly before: KubeObject | undefined;
  /** Undefined when the object was deleted. */
  readonly after: KubeObject | undefined;
  private lastState: KubeObject | undefined;
  private events: Map<string, WatchEvent> | undefined;

  constructor(revision: number, key: string, before: KubeObject | undefined, after: KubeObject | undefined) {
    this.revision = revision;
    this.key = key;
    this.before = before;
    this.after = after;
  }

  /**
   * The event for a watcher that saw the object before (`sawBefore`) and sees it now (`seesNow`),
   * or undefined if it concerns it not at all. `convert` makes the version that is watched, named `version`.
   */
  eventFor(sawBefore: boolean, seesNow: boolean, version: string, convert: (object: KubeObject) => KubeObject): WatchEvent | undefined {
    if (seesNow) return this.event(sawBefore ? 'MODIFIED' : 'ADDED', this.after!, version, convert);
    return sawBefore ? this.event('DELETED', this.gone(), version, convert) : undefined;
  }

  private event(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject, version: string, convert: (object: KubeObject) => KubeObject): WatchEvent {
    const key = type + version;
    this.events ??= new Map();
    let event = this.events.get(key);
    if (!event) this.events.set(key, (event = { type, object: convert(object) }));
    return event;
  }

  /** The last state, at the version in which it was gone (etcd3 watcher: a deletion carries its own revision). */
  private gone(): KubeObject {
    this.lastState ??= { ...this.before, metadata: { ...this.before!.metadata, resourceVersion: String(this.revision) } };
    return this.lastState;
  }
}
