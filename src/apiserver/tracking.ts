import { fieldPaths, trackUpdate, type Writer } from '../api/managed-fields.ts';
import type { FieldSet } from '../api/field-set.ts';
import type { KubeObject } from '../api/object.ts';
import type { Call } from './call.ts';
import type { Served } from './resource.ts';
import type { ServerContext } from './server-context.ts';

const NOT_STATUS = fieldPaths(['status']);
const ONLY_STATUS = fieldPaths(['spec']);

/** Who writes by this request, as managed fields name it. */
export function writerOf(server: ServerContext, call: Call, served: Served): Writer {
  return {
    manager: call.fieldManager,
    apiVersion: served.kind.apiVersion,
    subresource: call.info.subresource,
    time: server.kernel.timestamp(),
  };
}

/** What a write at this place cannot change and therefore not come to own (strategies' GetResetFields). */
export function ignoredFields(call: Call, served: Served): FieldSet | undefined {
  if (call.info.subresource === 'status') return ONLY_STATUS;
  return served.resource.behaviour.hasStatus && call.info.subresource === '' ? NOT_STATUS : undefined;
}

/** Whether new objects of this request are tracked: those of people and their tools are, those of components are not. */
function isTracked(call: Call): boolean {
  return typeof call.request.body === 'string' || !call.user.name.startsWith('system:');
}

/** The object with its managed fields brought up to date, before admission. Both objects are in the storage version. */
export function tracked(server: ServerContext, call: Call, served: Served, next: KubeObject, live: KubeObject | undefined): KubeObject {
  const options = { trackNew: live === undefined && isTracked(call), ignored: ignoredFields(call, served) };
  if (
    live === undefined
      ? !options.trackNew && next.metadata?.managedFields === undefined
      : !live.metadata!.managedFields && !next.metadata?.managedFields
  )
    return next;
  const writer = writerOf(server, call, served);
  if (served.isStorageVersion) return trackUpdate(served.type ?? served.managed, live, next, writer, options);
  const result = trackUpdate(served.type ?? served.managed, live && served.fromStorage(live), served.fromStorage(next), writer, options);
  const { managedFields } = result.metadata!;
  return { ...next, metadata: { ...next.metadata, managedFields } };
}
