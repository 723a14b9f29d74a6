import { ENDPOINT_SLICES, NODES, SERVICES, type EndpointSlice, type Node, type Service } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { equalValues } from '../../api/equal.ts';
import { controllerReference, ignoring, nameOf } from '../shared/ownership.ts';
import { selectedPods } from '../shared/label-index.ts';
import { indexByService, serviceKeyOf, SERVICE_INDEX, SERVICE_NAME } from '../shared/slice-index.ts';
import { isHeadless, watchServices, type ServiceWatch } from '../shared/service-pods.ts';
import { SliceTracker } from '../shared/slice-tracker.ts';
import { fitSlices, type SliceContent } from '../shared/slices.ts';
import { TRIGGER_TIME, TriggerTimes } from '../shared/trigger-times.ts';
import { isNamespaceTerminating } from '../shared/errors.ts';
import { messageOf, numberFlag, startWorkers } from '../shared/workers.ts';
import { addressTypes, endpointGroups, type AddressType } from './endpoint.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';
const MAX_PER_SLICE = 100;
/** A cache that lags is given this long (endpointslice controller, minimal sync delay). */
const STALE_RETRY_MS = 1_000;

/** Keeps the EndpointSlices of services with a selector (pkg/controller/endpointslice). */
export const endpointSliceController: Controller = {
  name: 'endpointslice-controller',
  component: 'endpoint-slice-controller',
  start(context) {
    new SliceKeeper(context).start();
  },
};

class SliceKeeper {
  private readonly context: ControllerContext;
  private readonly queue: WorkQueue;
  private readonly watch: ServiceWatch;
  private readonly slices: Informer<EndpointSlice>;
  private readonly nodes: Informer<Node>;
  private readonly tracker = new SliceTracker();
  private readonly triggerTimes = new TriggerTimes();
  private readonly maxPerSlice: number;

  constructor(context: ControllerContext) {
    this.context = context;
    this.queue = context.queue('endpoint_slice');
    this.watch = watchServices(context, this.queue);
    this.slices = context.informers.informer(ENDPOINT_SLICES);
    this.nodes = context.informers.informer(NODES);
    this.maxPerSlice = numberFlag(context, 'max-endpoints-per-slice', MAX_PER_SLICE);
  }

  start(): void {
    const { slices, tracker, queue } = this;
    indexByService(slices);
    const check = (slice: Stored<EndpointSlice>): void => {
      const key = serviceKeyOf(slice);
      if (key && isOurs(slice) && tracker.differs(key, slice)) queue.add(key);
    };
    slices.onChange({
      added: check,
      updated: (before, slice) => {
        check(slice);
        const former = serviceKeyOf(before);
        if (former && (former !== serviceKeyOf(slice) || isOurs(before) !== isOurs(slice))) queue.add(former);
      },
      deleted: (slice) => {
        const key = serviceKeyOf(slice);
        if (key && isOurs(slice) && tracker.vanished(key, slice)) queue.add(key);
      },
    });
    const workers = numberFlag(this.context, 'concurrent-service-endpoint-syncs', 5);
    startWorkers(this.context, 'endpoint_slice', queue, workers, (key) => this.reconcile(key));
  }

  private *reconcile(key: string): Task<void> {
    const service = this.watch.services.get(key);
    if (!service) {
      this.tracker.forget(key);
      this.triggerTimes.forget(key);
      return;
    }
    const { selector, type } = service.spec ?? {};
    if (type === 'ExternalName' || !selector || service.metadata.deletionTimestamp !== undefined) return;
    const slices = this.slices.byIndex(SERVICE_INDEX, key).filter(isOurs);
    if (this.tracker.isStale(key, slices)) {
      this.queue.addAfter(key, STALE_RETRY_MS);
      return;
    }
    const pods = selectedPods(this.watch.pods, service);
    this.watch.sized(key, pods.length);
    const trigger = this.triggerTimes.next(key, service, pods);
    try {
      const mustUpdate = (slice: Stored<EndpointSlice>): boolean => !equalValues(labelsOf(service), slice.metadata.labels);
      for (const addressType of addressTypes(service)) {
        const groups = endpointGroups(service, pods, addressType, (name) => this.nodes.get(name));
        const mine = slices.filter((slice) => slice.addressType === addressType);
        const changes = fitSlices(mine, groups, { maxPerSlice: this.maxPerSlice, mustUpdate, placeholder: true });
        for (const content of changes.create) yield* this.create(key, service, addressType, content, trigger);
        for (const { slice, content } of changes.update) yield* this.update(key, service, slice, content, trigger);
        for (const slice of changes.remove) yield* this.remove(key, slice);
      }
    } catch (error) {
      const message = `Error updating Endpoint Slices for Service ${key}: ${messageOf(error)}`;
      this.context.recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
      throw error;
    }
  }

  private *create(
    key: string,
    service: Stored<Service>,
    addressType: AddressType,
    content: SliceContent,
    trigger: string | undefined,
  ): Task<void> {
    const slice: EndpointSlice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        generateName: `${service.metadata.name}-`,
        namespace: service.metadata.namespace,
        labels: labelsOf(service),
        ...(trigger && { annotations: { [TRIGGER_TIME]: trigger } }),
        ownerReferences: [controllerReference(service, SERVICES)],
      },
      addressType,
      endpoints: [...content.endpoints],
      ports: [...content.ports],
    };
    try {
      this.tracker.written(key, yield* this.context.client.create(ENDPOINT_SLICES, slice));
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  private *update(
    key: string,
    service: Stored<Service>,
    slice: Stored<EndpointSlice>,
    content: SliceContent,
    trigger: string | undefined,
  ): Task<void> {
    const { [TRIGGER_TIME]: _former, ...others } = slice.metadata.annotations ?? {};
    const annotations = trigger ? { ...others, [TRIGGER_TIME]: trigger } : others;
    const metadata = {
      ...slice.metadata,
      labels: labelsOf(service),
      annotations,
      ownerReferences: [controllerReference(service, SERVICES)],
    };
    const next = { ...slice, metadata, endpoints: [...content.endpoints], ports: [...content.ports] };
    this.tracker.written(key, yield* this.context.client.update(ENDPOINT_SLICES, next));
  }

  private *remove(key: string, slice: Stored<EndpointSlice>): Task<void> {
    yield* ignoring(['NotFound'], this.context.client.delete(ENDPOINT_SLICES, nameOf(slice)));
    this.tracker.removed(key, slice);
  }
}

function isOurs(slice: Stored<EndpointSlice>): boolean {
  return slice.metadata.labels?.[MANAGED_BY] === MANAGER;
}

function labelsOf(service: Stored<Service>): Record<string, string> {
  const { [HEADLESS]: _headless, ...own } = service.metadata.labels ?? {};
  return {
    ...own,
    [MANAGED_BY]: MANAGER,
    [SERVICE_NAME]: service.metadata.name,
    ...(isHeadless(service) && { [HEADLESS]: '' }),
  };
}
