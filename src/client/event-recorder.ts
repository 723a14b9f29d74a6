import { flat } from '../base/flat.ts';
import { fnv1a32 } from '../base/hash.ts';
import { rfc3339 } from '../base/time.ts';
import { EVENTS, type Event } from '../api/kinds.ts';
import { isApiError } from '../api/status.ts';
import { NetError } from '../net/fabric.ts';
import { CLOSED, Channel } from '../sim/sync.ts';
import { sleep, type Task } from '../sim/wait.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Client } from './client.ts';
import type { EventRecorder } from './recorder.ts';

/* The numbers of client-go tools/record/events_cache.go and event.go. */
const MOST_OBJECTS = 4096;
const MOST_FIELD_PATHS = 256;
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
const SIMILAR_BEFORE_COMBINING = 10;
const SIMILAR_WITHIN_MS = 600_000;
const MOST_TRIES = 12;
const RETRY_MS = 10_000;
const COMBINED_PREFIX = '(combined from similar events): ';

type EventType = 'Normal' | 'Warning';

/**
 * What is remembered of one object: the events as stored (shared with the store), oldest first, and the
 * spam filter's bucket. There is one of these for every pod, so it is kept small.
 */
class Remembered {
  /* Most objects have one event of a component. */
  private few: Stored<Event> | readonly Stored<Event>[] = NO_EVENTS;
  /** When the bucket will be full again, in milliseconds of the virtual clock. */
  fullMs = 0;

  get events(): readonly Stored<Event>[] {
    return Array.isArray(this.few) ? (this.few as readonly Stored<Event>[]) : [this.few as Stored<Event>];
  }

  set events(events: readonly Stored<Event>[]) {
    this.few = events.length === 1 ? events[0]! : events;
  }
}

const NO_EVENTS: readonly Stored<Event>[] = [];

interface Draft {
  readonly about: KubeObject;
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
  readonly fieldPath: string | undefined;
  readonly atMs: number;
}

/** Writes events through the API, one after the other, from a process of its own. */
export class EventWriter implements EventRecorder {
  private readonly kernel: Kernel;
  private readonly client: Client;
  private readonly component: string;
  private readonly host: string | undefined;
  private readonly drafts = new Channel<Draft>();
  private readonly remembered = new Map<string, Remembered>();
  private named: number;
  private readonly source: NonNullable<Event['source']>;
  private readonly fieldPaths = new Map<string, string>();

  /** `host`: the node, for components of a node. */
  constructor(kernel: Kernel, group: Group, client: Client, component: string, host?: string) {
    this.kernel = kernel;
    this.client = client;
    this.component = component;
    this.host = host;
    this.source = host ? { component, host } : { component };
    this.named = fnv1a32(`${component}/${host}`) % 1_000_000;
    group.spawn(`events of ${component}`, this.run());
  }

  event(about: KubeObject, type: EventType, reason: string, message: string, options: { fieldPath?: string } = {}): void {
    this.drafts.send({ about, type, reason, message, fieldPath: options.fieldPath, atMs: this.kernel.epochMs() });
  }

  private *run(): Task<void> {
    for (;;) {
      const draft = yield* this.drafts.receive();
      if (draft === CLOSED) return;
      yield* this.record(draft);
    }
  }

  private *record(draft: Draft): Task<void> {
    const memory = this.recall(draft);
    if (!admit(memory, Math.floor(draft.atMs - this.kernel.startEpochMs))) return;
    const message = this.combine(memory, draft);
    const at = memory.events.findIndex((event) => isSame(event, draft, message));
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      try {
        const stored = yield* at < 0 ? this.create(draft, message, memory) : this.repeat(memory.events[at]!, draft);
        memory.events = at < 0 ? memory.events.concat([stored]) : replaced(memory.events, at, stored);
        return;
      } catch (error) {
        if (at >= 0 && isApiError(error, 'NotFound')) {
          memory.events = replaced(memory.events, at, yield* this.create(draft, message, memory));
          return;
        }
        if (isApiError(error)) return;
        if (!(error instanceof NetError)) throw error;
        yield* sleep(RETRY_MS);
      }
    }
  }

  private create(draft: Draft, message: string, memory: Remembered): Task<Stored<Event>> {
    const { about, type, reason } = draft;
    const { namespace = 'default', name = '' } = about.metadata ?? {};
    const time = this.kernel.timestamp();
    return this.client.create(EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${this.nameSuffix()}`, namespace },
      involvedObject: this.reference(draft, memory),
      reason,
      message: flat(message),
      source: this.source,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type,
      eventTime: null as unknown as string,
      reportingComponent: this.component,
      reportingInstance: this.host ?? '',
    });
  }

  /** What the event is about; shared with an earlier event about the same state of the same object. */
  private reference({ about, fieldPath }: Draft, memory: Remembered): Event['involvedObject'] {
    const { namespace, name = '', uid, resourceVersion } = about.metadata ?? {};
    for (const { involvedObject } of memory.events) {
      if (involvedObject.resourceVersion === resourceVersion && involvedObject.fieldPath === fieldPath) return involvedObject;
    }
    return {
      kind: about.kind,
      ...(namespace && { namespace }),
      name,
      uid,
      apiVersion: about.apiVersion,
      ...(resourceVersion && { resourceVersion }),
      ...(fieldPath && { fieldPath: this.fieldPath(fieldPath) }),
    };
  }

  /** One text for all pods whose containers have the same name. */
  private fieldPath(text: string): string {
    const known = this.fieldPaths.get(text);
    if (known !== undefined) return known;
    if (this.fieldPaths.size > MOST_FIELD_PATHS) this.fieldPaths.clear();
    this.fieldPaths.set(text, flat(text));
    return text;
  }

  private repeat(event: Stored<Event>, draft: Draft): Task<Stored<Event>> {
    const { namespace, name } = event.metadata;
    const patch = { count: (event.count ?? 1) + 1, lastTimestamp: this.kernel.timestamp(), message: event.message, type: draft.type };
    return this.client.patch(EVENTS, { namespace, name }, 'strategic', patch);
  }

  /** Hexadecimal nanoseconds, as client-go names events; counted on, for no two may fall into one instant. */
  private nameSuffix(): string {
    this.named = (this.named + 1) % 1_000_000;
    return (BigInt(Math.floor(this.kernel.epochMs())) * 1_000_000n + BigInt(this.named)).toString(16);
  }

  private recall({ about }: Draft): Remembered {
    const key = about.metadata?.uid ?? `${about.kind}/${about.metadata?.namespace}/${about.metadata?.name}`;
    let memory = this.remembered.get(key);
    if (memory) this.remembered.delete(key);
    else memory = new Remembered();
    this.remembered.set(key, memory);
    if (this.remembered.size > MOST_OBJECTS) {
      for (const oldest of this.remembered.keys()) {
        this.remembered.delete(oldest);
        break;
      }
    }
    return memory;
  }

  /** After ten different messages of one reason within ten minutes, further ones share one event. */
  private combine(memory: Remembered, draft: Draft): string {
    if (memory.events.length < SIMILAR_BEFORE_COMBINING) return draft.message;
    const since = rfc3339(draft.atMs - SIMILAR_WITHIN_MS);
    let similar = 0;
    for (const event of memory.events) {
      if (event.reason !== draft.reason || event.type !== draft.type || (event.lastTimestamp ?? '') < since) continue;
      if (event.message === draft.message) return draft.message;
      similar++;
    }
    return similar >= SIMILAR_BEFORE_COMBINING ? COMBINED_PREFIX + draft.message : draft.message;
  }
}

/** The spam filter: one object may have 25 events at once, then one every five minutes. */
function admit(memory: Remembered, nowMs: number): boolean {
  const fullMs = Math.max(memory.fullMs, nowMs) + SPAM_REFILL_MS;
  if (fullMs - nowMs > SPAM_BURST * SPAM_REFILL_MS) return false;
  memory.fullMs = fullMs;
  return true;
}

function replaced<T>(list: readonly T[], at: number, item: T): readonly T[] {
  return list.map((present, i) => (i === at ? item : present));
}

function isSame(event: Stored<Event>, draft: Draft, message: string): boolean {
  if (event.reason !== draft.reason || event.type !== draft.type) return false;
  if (event.involvedObject.fieldPath !== draft.fieldPath) return false;
  if (message.startsWith(COMBINED_PREFIX)) return event.message!.startsWith(COMBINED_PREFIX);
  return event.message === message;
}
