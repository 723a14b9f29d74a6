import { ApiError, forbidden, notFound } from '../../api/status.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import type { Lookup } from './lookup.ts';

const NAMESPACES = { group: '', resource: 'namespaces' };
const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is created in namespaces that do not exist or end; three namespaces live for ever (plugin/namespace/lifecycle). */
export function namespaceLifecycle(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    mutate: (request) => requireNamespace(lookup, request),
    validate(request) {
      if (request.operation === 'DELETE' && request.resource.name === 'namespaces' && IMMORTAL.has(request.name)) {
        throw forbidden(NAMESPACES, request.name, 'this namespace may not be deleted');
      }
    },
  };
}

function requireNamespace(lookup: Lookup, request: AdmissionRequest): void {
  if (request.operation !== 'CREATE' || !request.resource.namespaced) return;
  if (request.resource.name === 'localsubjectaccessreviews.authorization.k8s.io') return;
  const namespace = lookup.get('namespaces', '', request.namespace);
  if (!namespace) throw notFound(NAMESPACES, request.namespace);
  if (!namespace.metadata!.deletionTimestamp) return;
  const message = `unable to create new content in namespace ${request.namespace} because it is being terminated`;
  const { status } = forbidden(request.resource, request.object?.metadata?.name ?? '', message);
  throw new ApiError(403, 'Forbidden', status.message, {
    ...status.details,
    causes: [
      { reason: 'NamespaceTerminating', message: `namespace ${request.namespace} is being terminated`, field: 'metadata.namespace' },
    ],
  });
}
