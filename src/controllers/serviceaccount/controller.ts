import { NAMESPACES, SERVICE_ACCOUNTS } from '../../api/kinds.ts';
import { isNamespaceTerminating } from '../shared/errors.ts';
import { isApiError } from '../../api/status.ts';
import { startWorkers } from '../shared/workers.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

/** Sees to it that every active namespace has its service account `default` (pkg/controller/serviceaccount). */
export const serviceAccountController: Controller = {
  name: 'serviceaccount-controller',
  start(context) {
    const { client } = context;
    const namespaces = context.informers.informer(NAMESPACES);
    const accounts = context.informers.informer(SERVICE_ACCOUNTS);
    const queue = context.queue('serviceaccount');
    namespaces.onChange({
      added: (namespace) => queue.add(namespace.metadata.name),
      updated: (_before, namespace) => queue.add(namespace.metadata.name),
    });
    accounts.onChange({
      deleted: (account) => {
        if (account.metadata.name === 'default') queue.add(account.metadata.namespace!);
      },
    });
    const reconcile = function* (name: string): Task<void> {
      const namespace = namespaces.get(name);
      if (!namespace || namespace.status?.phase === 'Terminating' || accounts.get(`${name}/default`)) return;
      try {
        yield* client.create(SERVICE_ACCOUNTS, {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace: name },
        });
      } catch (error) {
        if (!isApiError(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error;
      }
    };
    startWorkers(context, 'serviceaccount', queue, 1, reconcile);
  },
};
