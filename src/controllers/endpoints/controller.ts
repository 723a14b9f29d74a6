import { ENDPOINTS, type Endpoints, type Service } from '../../api/kinds.ts';
import { objectKey, splitKey, type Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { isNamespaceTerminating } from '../shared/errors.ts';
import { selectedPods } from '../shared/label-index.ts';
import { ignoring, nameOf } from '../shared/ownership.ts';
import { isHeadless, watchServices } from '../shared/service-pods.ts';
import { equalValues } from '../../api/equal.ts';
import { TRIGGER_TIME, TriggerTimes } from '../shared/trigger-times.ts';
import { messageOf, numberFlag, startWorkers } from '../shared/workers.ts';
import { serviceSubsets, truncateSubsets } from './subsets.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

const HEADLESS = 'service.kubernetes.io/headless';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

/** Keeps the Endpoints of services with a selector (pkg/controller/endpoint). */
export const endpointsController: Controller = {
  name: 'endpoints-controller',
  component: 'endpoint-controller',
  start(context) {
    const queue = context.queue('endpoint');
    const watch = watchServices(context, queue);
    const endpoints = context.informers.informer(ENDPOINTS);
    const triggerTimes = new TriggerTimes();
    endpoints.onChange({
      deleted: (each) => {
        if (watch.services.get(objectKey(each))) queue.add(objectKey(each));
      },
    });
    const reconcile = function* (key: string): Task<void> {
      const service = watch.services.get(key);
      if (!service) {
        triggerTimes.forget(key);
        if (endpoints.get(key)) yield* ignoring(['NotFound'], context.client.delete(ENDPOINTS, splitKey(key)));
        return;
      }
      if (service.spec?.type === 'ExternalName' || !service.spec?.selector) return;
      const pods = selectedPods(watch.pods, service);
      watch.sized(key, pods.length);
      const trigger = triggerTimes.next(key, service, pods);
      const { subsets, truncated } = truncateSubsets(serviceSubsets(service, pods));
      yield* write(context, service, endpoints.get(key), { ...(subsets.length > 0 && { subsets }) }, truncated, trigger);
    };
    startWorkers(context, 'endpoint', queue, numberFlag(context, 'concurrent-endpoint-syncs', 5), reconcile);
  },
};

function* write(
  context: ControllerContext,
  service: Stored<Service>,
  present: Stored<Endpoints> | undefined,
  content: Pick<Endpoints, 'subsets'>,
  truncated: boolean,
  trigger: string | undefined,
): Task<void> {
  const labels = labelsOf(service);
  const wasTruncated = present?.metadata.annotations?.[OVER_CAPACITY] === 'truncated';
  if (
    present &&
    equalValues(present.subsets ?? [], content.subsets ?? []) &&
    equalValues(present.metadata.labels, labels) &&
    truncated === wasTruncated
  )
    return;
  const { [TRIGGER_TIME]: _former, [OVER_CAPACITY]: _capacity, ...others } = present?.metadata.annotations ?? {};
  const annotations: Record<string, string> = {
    ...others,
    ...(trigger && { [TRIGGER_TIME]: trigger }),
    ...(truncated && { [OVER_CAPACITY]: 'truncated' }),
  };
  const annotated = Object.keys(annotations).length > 0 ? { annotations } : undefined;
  const type = { apiVersion: 'v1', kind: 'Endpoints' } as const;
  try {
    if (present) {
      const { annotations: _all, ...metadata } = present.metadata;
      yield* context.client.update(ENDPOINTS, { ...type, metadata: { ...metadata, labels, ...annotated }, ...content });
    } else {
      yield* context.client.create(ENDPOINTS, { ...type, metadata: { ...nameOf(service), labels, ...annotated }, ...content });
    }
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    if (isApiError(error, 'AlreadyExists') || isApiError(error, 'Conflict')) throw error;
    const verb = present ? 'update' : 'create';
    const about = present ?? { ...type, metadata: nameOf(service) };
    const message = `Failed to ${verb} endpoint ${objectKey(service)}: ${messageOf(error)}`;
    context.recorder.event(about, 'Warning', present ? 'FailedToUpdateEndpoint' : 'FailedToCreateEndpoint', message);
    throw error;
  }
}

function labelsOf(service: Stored<Service>): Record<string, string> {
  const { [HEADLESS]: _headless, ...own } = service.metadata.labels ?? {};
  return { ...own, ...(isHeadless(service) && { [HEADLESS]: '' }), [MANAGED_BY]: 'endpoint-controller' };
}
