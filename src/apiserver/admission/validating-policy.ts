import { ApiError, forbidden } from '../../api/status.ts';
import { CompiledPolicy, type Denial, type PolicyInput } from '../../api/cel/policy.ts';
import { matches, type MatchResources } from './policy-match.ts';
import { selectorFrom } from '../../api/labels.ts';
import { splitApiVersion } from '../../api/kind.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import type { KubeObject, LabelSelector } from '../../api/object.ts';
import type { Lookup } from './lookup.ts';
import type { ServerContext } from '../server-context.ts';

const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io';
const BINDINGS = 'validatingadmissionpolicybindings.admissionregistration.k8s.io';
const CODES: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, Invalid: 422, RequestEntityTooLarge: 413 };

interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction?: string;
}

const compiled = new WeakMap<KubeObject, CompiledPolicy>();

function compiledPolicy(policy: KubeObject): CompiledPolicy {
  let result = compiled.get(policy);
  if (!result) compiled.set(policy, (result = new CompiledPolicy(policy)));
  return result;
}

/** Evaluates ValidatingAdmissionPolicies through their bindings (apiserver admission/plugin/policy/validating). */
export function validatingPolicies(lookup: Lookup, server: () => ServerContext): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionPolicy',
    operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'],
    validate(request) {
      const bindings = lookup.list(BINDINGS);
      if (bindings.length === 0 || request.resource.group === 'admissionregistration.k8s.io') return;
      for (const binding of bindings) evaluateBinding(binding, request, lookup, server());
    },
  };
}

function evaluateBinding(binding: KubeObject, request: AdmissionRequest, lookup: Lookup, server: ServerContext): void {
  const policy = lookup.get(POLICIES, '', binding.spec.policyName as string);
  if (!policy || !matches(policy.spec?.matchConstraints as MatchResources | undefined, request, lookup, false)) return;
  if (!matches(binding.spec.matchResources as MatchResources | undefined, request, lookup, true)) return;
  const ready = compiledPolicy(policy);
  for (const params of paramsOf(ready, binding, request, server)) {
    const denials = params === 'missing' ? [{ message: 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction', reason: 'Invalid' }] : ready.evaluate(input(request, params, lookup));
    for (const denial of denials) act(denial, policy, binding, request);
  }
}

function act({ message, reason }: Denial, policy: KubeObject, binding: KubeObject, request: AdmissionRequest): void {
  const actions = (binding.spec.validationActions ?? ['Deny']) as readonly string[];
  const names = `ValidatingAdmissionPolicy '${policy.metadata!.name}' with binding '${binding.metadata!.name}'`;
  if (actions.includes('Warn')) request.call.warn(`Validation failed for ${names}: ${message}`);
  if (!actions.includes('Deny')) return;
  const text = `${names} denied request: ${message}`;
  const { status } = forbidden(request.resource, request.name || request.object?.metadata?.name || '', text);
  throw new ApiError(CODES[reason] ?? 422, reason, status.message, { ...status.details, causes: [{ message: text }] });
}

function input(request: AdmissionRequest, params: KubeObject | null, lookup: Lookup): PolicyInput {
  const { kind } = request.resource;
  const { user } = request.call;
  const { group, version } = kind;
  return {
    object: request.object ?? null,
    oldObject: request.old ?? null,
    params,
    namespaceObject: request.namespace === '' ? null : (lookup.get('namespaces', '', request.namespace) ?? null),
    request: {
      kind: { group, version, kind: kind.kind },
      resource: { group, version, resource: kind.resource },
      requestKind: { group, version, kind: kind.kind },
      requestResource: { group, version, resource: kind.resource },
      subResource: request.subresource,
      requestSubResource: request.subresource,
      name: request.name || (request.object?.metadata?.name ?? ''),
      namespace: request.namespace,
      operation: request.operation,
      userInfo: { username: user.name, groups: user.groups },
      dryRun: request.dryRun,
    },
  };
}

/** The objects that a binding hands to its policy as parameters; a single null when the policy takes none. */
function paramsOf(policy: CompiledPolicy, binding: KubeObject, request: AdmissionRequest, server: ServerContext): (KubeObject | null | 'missing')[] {
  const { paramKind } = policy;
  const ref = binding.spec.paramRef as ParamRef | undefined;
  if (!paramKind || !ref) return [null];
  const { group, version } = splitApiVersion(paramKind.apiVersion);
  const served = [...server.resources.all()].find(({ kind }) => kind.group === group && kind.version === version && kind.kind === paramKind.kind);
  const namespace = served?.kind.namespaced ? (ref.namespace ?? request.namespace) : undefined;
  const found = (served?.resource.cache.list(namespace) ?? []).filter((object) =>
    ref.name ? object.metadata!.name === ref.name : selectorFrom(ref.selector).matches(object.metadata!.labels),
  );
  if (found.length > 0) return found;
  return ref.parameterNotFoundAction === 'Deny' ? ['missing'] : [];
}
