import { PODS, type Event } from '../../api/kinds.ts';
import { controllerOf } from '../../api/object.ts';
import { describeEvents, eventsAbout } from './events.ts';
import { DescriptionWriter } from './writer.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Api } from '../api.ts';

/** What a describer works with. */
export interface DescribeContext {
  readonly api: Api;
  readonly nowMs: number;
  readonly showEvents: boolean;
}

/** Describes an object of one kind; asks for what belongs to it. Writes everything, its events included. */
export type Describer<T = any> = (w: DescriptionWriter, object: T, context: DescribeContext) => Task<void>;

/** The whole text of a description. */
export function* describe(describer: Describer, object: KubeObject, context: DescribeContext): Task<string> {
  const w = new DescriptionWriter();
  yield* describer(w, object, context);
  return w.aligned();
}

/** Name, namespace, labels and annotations: how most descriptions begin. */
export function describeHead(w: DescriptionWriter, { metadata = {} }: KubeObject): void {
  w.field('Name', metadata.name);
  if (metadata.namespace) w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
}

/** The events of an object, if they are to be shown. */
export function* describeOwnEvents(w: DescriptionWriter, object: KubeObject, context: DescribeContext): Task<void> {
  if (!context.showEvents) return;
  const events: readonly Event[] = yield* eventsAbout(context.api, object);
  describeEvents(w, events, context.nowMs);
}

/** How many pods a controller owns in which phase: `1 Running / 0 Waiting / 0 Succeeded / 0 Failed`. */
export function* podsStatus(api: Api, owner: KubeObject, labelSelector: string): Task<string> {
  const { items } = yield* api.list(PODS, { namespace: owner.metadata?.namespace, labelSelector });
  const counts = { Running: 0, Pending: 0, Succeeded: 0, Failed: 0 };
  for (const pod of items) {
    const { uid } = controllerOf(pod) ?? {};
    const phase = pod.status?.phase as keyof typeof counts;
    if (uid === owner.metadata?.uid && phase in counts) counts[phase]++;
  }
  return `${counts.Running} Running / ${counts.Pending} Waiting / ${counts.Succeeded} Succeeded / ${counts.Failed} Failed`;
}

/** Conditions with their reasons, as controllers have them. */
export function describeConditions(
  w: DescriptionWriter,
  conditions: readonly { type: string; status: string; reason?: string }[] | undefined,
  none = '',
): void {
  if (!conditions || conditions.length === 0) return;
  w.line(0, 'Conditions:');
  w.line(1, 'Type\tStatus\tReason');
  w.line(1, '----\t------\t------');
  for (const { type, status, reason } of conditions) w.line(1, `${type} \t${status}\t${reason || none}`);
}
