import { ENDPOINTS, ENDPOINT_SLICES, SERVICES, type EndpointSlice, type Endpoints, type Service } from '../../api/kinds.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { ignoring, nameOf } from '../shared/ownership.ts';
import { indexByService, serviceKeyOf, SERVICE_INDEX, SERVICE_NAME } from '../shared/slice-index.ts';
import { SliceTracker } from '../shared/slice-tracker.ts';
import { fitSlices } from '../shared/slices.ts';
import { equalValues } from '../../api/equal.ts';
import { numberFlag, startWorkers } from '../shared/workers.ts';
import { mirroredGroups } from './mirror.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MAX_PER_SUBSET = 1000;
const STALE_RETRY_MS = 1_000;

/** Copies hand-written Endpoints of services without a selector into EndpointSlices (pkg/controller/endpointslicemirroring). */
export const endpointSliceMirroringController: Controller = {
  name: 'endpointslice-mirroring-controller',
  component: 'endpoint-slice-mirroring-controller',
  start(context) {
    const queue = context.queue('endpoint_slice_mirroring');
    const endpoints = context.informers.informer(ENDPOINTS);
    const services = context.informers.informer(SERVICES);
    const slices = context.informers.informer(ENDPOINT_SLICES);
    indexByService(slices);
    const tracker = new SliceTracker();
    const enqueue = (object: Stored<Endpoints> | Stored<Service>): void => queue.add(objectKey(object));
    endpoints.onChange({ added: enqueue, updated: (_before, each) => enqueue(each), deleted: enqueue });
    services.onChange({
      added: enqueue,
      updated: (before, service) => {
        if ((before.spec?.selector === undefined) !== (service.spec?.selector === undefined)) enqueue(service);
      },
      deleted: enqueue,
    });
    slices.onChange({
      updated: (_before, slice) => {
        const key = serviceKeyOf(slice);
        if (key && isOurs(slice) && tracker.differs(key, slice)) queue.add(key);
      },
      deleted: (slice) => {
        const key = serviceKeyOf(slice);
        if (key && isOurs(slice) && tracker.vanished(key, slice)) queue.add(key);
      },
    });
    const reconcile = function* (key: string): Task<void> {
      const mine = slices.byIndex(SERVICE_INDEX, key).filter(isOurs);
      const source = endpoints.get(key);
      const service = services.get(key);
      if (!source || !isMirrored(source) || !service || service.spec?.selector !== undefined) {
        for (const slice of mine) yield* ignoring(['NotFound'], context.client.delete(ENDPOINT_SLICES, nameOf(slice)));
        tracker.forget(key);
        return;
      }
      if (tracker.isStale(key, mine)) queue.addAfter(key, STALE_RETRY_MS);
      else yield* mirror(context, tracker, key, source, mine);
    };
    startWorkers(
      context,
      'endpoint_slice_mirroring',
      queue,
      numberFlag(context, 'mirroring-concurrent-service-endpoint-syncs', 5),
      reconcile,
    );
  },
};

function* mirror(
  context: ControllerContext,
  tracker: SliceTracker,
  key: string,
  source: Stored<Endpoints>,
  mine: readonly Stored<EndpointSlice>[],
): Task<void> {
  const { client } = context;
  const wanted = mirroredGroups(source.subsets ?? [], MAX_PER_SUBSET);
  const types = new Set([...wanted.keys(), ...mine.map((slice) => slice.addressType)]);
  const metadata = mirroredMetadata(source);
  for (const addressType of types) {
    const ofType = mine.filter((slice) => slice.addressType === addressType);
    const groups = wanted.get(addressType) ?? [];
    const mustUpdate = (slice: Stored<EndpointSlice>): boolean =>
      !equalValues(slice.metadata.labels, metadata.labels) || !equalValues(slice.metadata.annotations ?? {}, metadata.annotations);
    const changes = fitSlices(ofType, groups, { maxPerSlice: MAX_PER_SUBSET, mustUpdate, placeholder: false });
    for (const content of changes.create) {
      const type = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' } as const;
      const made = { ...metadata, generateName: `${source.metadata.name}-` };
      tracker.written(
        key,
        yield* client.create(ENDPOINT_SLICES, {
          ...type,
          metadata: made,
          addressType,
          endpoints: [...content.endpoints],
          ports: [...content.ports],
        }),
      );
    }
    for (const { slice, content } of changes.update) {
      const next = { ...slice, metadata: { ...slice.metadata, ...metadata }, endpoints: [...content.endpoints], ports: [...content.ports] };
      tracker.written(key, yield* client.update(ENDPOINT_SLICES, next));
    }
    for (const slice of changes.remove) {
      yield* ignoring(['NotFound'], client.delete(ENDPOINT_SLICES, nameOf(slice)));
      tracker.removed(key, slice);
    }
  }
}

function mirroredMetadata(source: Stored<Endpoints>) {
  const { [LAST_APPLIED]: _applied, ...annotations } = source.metadata.annotations ?? {};
  const { name, namespace, uid } = source.metadata;
  return {
    namespace,
    labels: { ...source.metadata.labels, [MANAGED_BY]: MANAGER, [SERVICE_NAME]: name },
    annotations,
    ownerReferences: [{ apiVersion: 'v1', kind: 'Endpoints', name, uid, controller: true, blockOwnerDeletion: true }],
  };
}

function isMirrored(source: Stored<Endpoints>): boolean {
  return source.metadata.labels?.[SKIP_MIRROR] !== 'true' && source.metadata.annotations?.[LEADER] === undefined;
}

function isOurs(slice: Stored<EndpointSlice>): boolean {
  return slice.metadata.labels?.[MANAGED_BY] === MANAGER;
}
