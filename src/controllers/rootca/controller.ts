import { CONFIG_MAPS, NAMESPACES } from '../../api/kinds.ts';
import { isApiError } from '../../api/status.ts';
import { isNamespaceTerminating } from '../shared/errors.ts';
import { startWorkers } from '../shared/workers.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

export const ROOT_CA_NAME = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Writes the cluster's CA certificate into every namespace (pkg/controller/certificates/rootcacertpublisher). The flag `root-ca` is the certificate's text. */
export const rootCaPublisher: Controller = {
  name: 'root-ca-certificate-publisher-controller',
  start(context) {
    const { client } = context;
    const certificate = context.flag('root-ca') ?? '';
    const namespaces = context.informers.informer(NAMESPACES);
    const maps = context.informers.informer(CONFIG_MAPS);
    const queue = context.queue('root-ca-cert-publisher');
    namespaces.onChange({
      added: (namespace) => queue.add(namespace.metadata.name),
      updated: (_before, namespace) => queue.add(namespace.metadata.name),
    });
    const changed = (map: { metadata: { name: string; namespace?: string } }): void => {
      if (map.metadata.name === ROOT_CA_NAME) queue.add(map.metadata.namespace!);
    };
    maps.onChange({ updated: (_before, map) => changed(map), deleted: changed });
    const reconcile = function* (name: string): Task<void> {
      const namespace = namespaces.get(name);
      if (!namespace || namespace.status?.phase === 'Terminating') return;
      const present = maps.get(`${name}/${ROOT_CA_NAME}`);
      const data = { 'ca.crt': certificate };
      const annotations = { 'kubernetes.io/description': DESCRIPTION };
      if (!present) {
        const metadata = { name: ROOT_CA_NAME, namespace: name, annotations };
        try {
          yield* client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
        } catch (error) {
          if (!isApiError(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error;
        }
      } else if (present.data?.['ca.crt'] !== certificate || Object.keys(present.data).length !== 1) {
        const metadata = { ...present.metadata, annotations: { ...present.metadata.annotations, ...annotations } };
        yield* client.update(CONFIG_MAPS, { ...present, metadata, data });
      }
    };
    startWorkers(context, 'root-ca-cert-publisher', queue, 1, reconcile);
  },
};
