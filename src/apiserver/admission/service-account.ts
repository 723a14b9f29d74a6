import { copyWith } from '../../base/copy.ts';
import { flat } from '../../base/flat.ts';
import { forbidden } from '../../api/status.ts';
import type { AdmissionPlugin } from '../admission.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Lookup } from './lookup.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

const TOKEN_SOURCES = [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
] as const;
const PROJECTED = { sources: TOKEN_SOURCES, defaultMode: 420 };

interface Container {
  readonly volumeMounts?: readonly { readonly mountPath: string }[];
}

/** Gives pods a service account and a volume with its token (plugin/serviceaccount). */
export function serviceAccount(lookup: Lookup, names: Rng): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    resources: ['pods'],
    operations: ['CREATE'],
    mutate(request) {
      if (request.subresource !== '') return;
      const pod = request.object!;
      if (pod.metadata?.annotations?.[MIRROR_ANNOTATION] !== undefined) return;
      const spec = pod.spec ?? {};
      const accountName: string = spec.serviceAccountName || spec.serviceAccount || 'default';
      const account = lookup.get('serviceaccounts', request.namespace, accountName);
      if (!account) {
        throw forbidden(
          request.resource,
          pod.metadata?.name ?? '',
          `error looking up service account ${request.namespace}/${accountName}: serviceaccount "${accountName}" not found`,
        );
      }
      const changed: KubeObject['spec'] = { ...spec, serviceAccountName: accountName, serviceAccount: accountName };
      if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) changed.imagePullSecrets = account.imagePullSecrets;
      if (wantsToken(spec, account)) mountToken(changed, names);
      request.object = { ...pod, spec: changed };
    },
  };
}

function wantsToken(spec: KubeObject['spec'], account: KubeObject): boolean {
  return spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

/** Adds volume and mounts to a spec that is not shared yet. */
function mountToken(spec: KubeObject['spec'], names: Rng): void {
  const containers = (spec.containers ?? []) as readonly Container[];
  const init = (spec.initContainers ?? []) as readonly Container[];
  if (![...containers, ...init].some(needsMount)) return;
  const name = flat(`kube-api-access-${names.suffix()}`);
  const mount = { name, readOnly: true, mountPath: MOUNT_PATH };
  const withMount = (container: Container) =>
    needsMount(container) ? copyWith(container, 'volumeMounts', appended(container.volumeMounts, mount)) : container;
  spec.containers = containers.map(withMount);
  if (init.length > 0) spec.initContainers = init.map(withMount);
  spec.volumes = appended(spec.volumes, { name, projected: PROJECTED });
}

function needsMount(container: Container): boolean {
  return !container.volumeMounts?.some((mount) => mount.mountPath === MOUNT_PATH);
}

/** A new list with room for exactly its items: an array that was spread into keeps room for more, in every pod. */
function appended<T>(list: readonly T[] | undefined, item: T): T[] {
  return list ? list.concat([item]) : [item];
}
