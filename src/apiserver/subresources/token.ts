import { badRequest, conflict, invalid, type FieldError } from '../../api/status.ts';
import { ISSUER, type BoundObject } from '../service-account-tokens.ts';
import { rfc3339 } from '../../base/time.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

const MIN_SECONDS = 10 * 60;
const MAX_SECONDS = 2 ** 32;
const DEFAULT_SECONDS = 60 * 60;

/** Issues a token for a service account (registry/core/serviceaccount/storage/token.go). Throws NotFound, Invalid, Conflict. */
export function* requestToken(server: ServerContext, call: Call, accounts: Resource, request: KubeObject): Task<KubeObject> {
  const { namespace, name } = call.info;
  const account = yield* server.objects.get(accounts, namespace, name);
  const spec = (request.spec ?? {}) as {
    audiences?: string[];
    expirationSeconds?: number;
    boundObjectRef?: { kind?: string; name?: string; uid?: string };
  };
  const seconds = spec.expirationSeconds ?? DEFAULT_SECONDS;
  const errors: FieldError[] = [];
  const add = (detail: string): void => {
    errors.push({ reason: 'FieldValueInvalid', field: 'spec.expirationSeconds', message: `Invalid value: ${seconds}: ${detail}` });
  };
  if (seconds < MIN_SECONDS) add('may not specify a duration less than 10 minutes');
  if (seconds > MAX_SECONDS) add('may not specify a duration larger than 2^32 seconds');
  if (errors.length > 0) throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', errors);
  const bound = spec.boundObjectRef && (yield* boundObject(server, namespace, spec.boundObjectRef));
  const audiences = spec.audiences?.length ? spec.audiences : [ISSUER];
  const { token, expiresMs } = server.tokens.issue(account, audiences, seconds, bound);
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: server.kernel.timestamp() },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: rfc3339(expiresMs) },
  };
}

function* boundObject(server: ServerContext, namespace: string, ref: { kind?: string; name?: string; uid?: string }): Task<BoundObject> {
  const resource = ref.kind === 'Pod' ? 'pods' : ref.kind === 'Secret' ? 'secrets' : ref.kind === 'Node' ? 'nodes' : undefined;
  if (!resource) throw badRequest(`cannot bind token for serviceaccount to ${ref.kind ?? ''} object`);
  const at = server.resources.byName(resource)!;
  const object = yield* server.objects.get(at, resource === 'nodes' ? '' : namespace, ref.name ?? '');
  const { name = '', uid = '' } = object.metadata!;
  if (ref.uid && ref.uid !== uid)
    throw conflict(
      at,
      name,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  return { kind: ref.kind!, name, uid };
}
