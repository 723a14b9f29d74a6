import { ApiError, forbidden } from '../../api/status.ts';
import { CompiledPolicy, type Denial, type PolicyInput } from '../../api/cel/policy.ts';
import { matchedPlace, type MatchResources, type Place } from './policy-match.ts';
import { selectorFrom } from '../../api/labels.ts';
import { splitApiVersion, type Kind } from '../../api/kind.ts';
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
      if (request.resource.name === POLICIES || request.resource.name === BINDINGS) return;
      const bindings = lookup.list(BINDINGS);
      if (bindings.length > 0) new Dispatch(request, lookup, server()).run(bindings);
    },
  };
}

/** One request before all policies: every one of them speaks before the first refusal counts. */
class Dispatch {
  private readonly request: AdmissionRequest;
  private readonly lookup: Lookup;
  private readonly server: ServerContext;
  private readonly places: readonly Place[];
  private readonly refusals: { readonly text: string; readonly reason: string }[] = [];

  constructor(request: AdmissionRequest, lookup: Lookup, server: ServerContext) {
    this.request = request;
    this.lookup = lookup;
    this.server = server;
    this.places = placesOf(request, server);
  }

  /** Throws what the first refusal says. */
  run(bindings: readonly KubeObject[]): void {
    const byPolicy = new Map<string, KubeObject[]>();
    for (const binding of bindings) {
      const name = binding.spec.policyName as string;
      const list = byPolicy.get(name);
      if (list) list.push(binding);
      else byPolicy.set(name, [binding]);
    }
    for (const name of [...byPolicy.keys()].sort()) {
      const policy = this.lookup.get(POLICIES, '', name);
      if (policy) this.policy(policy, byPolicy.get(name)!);
    }
    const [first] = this.refusals;
    if (!first) return;
    const { status } = forbidden(this.request.resource, this.request.name || this.request.object?.metadata?.name || '', first.text);
    throw new ApiError(CODES[first.reason] ?? 422, first.reason, status.message, { ...status.details, causes: [{ message: first.text }] });
  }

  private policy(policy: KubeObject, bindings: readonly KubeObject[]): void {
    const place = matchedPlace(policy.spec?.matchConstraints as MatchResources | undefined, this.request, this.places, this.lookup, false);
    if (!place) return;
    const ready = compiledPolicy(policy);
    for (const binding of bindings) {
      if (!matchedPlace(binding.spec.matchResources as MatchResources | undefined, this.request, this.places, this.lookup, true)) continue;
      const params = this.params(ready, binding);
      if (params === undefined) {
        // What is wrong with the binding itself is a refusal, whatever its actions are.
        const why = 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction';
        if (policy.spec.failurePolicy !== 'Ignore') this.refuse({ message: why, reason: 'Invalid' }, policy, binding);
        continue;
      }
      for (const param of params) for (const denial of ready.evaluate(this.input(place, param))) this.act(denial, policy, binding);
    }
  }

  private act(denial: Denial, policy: KubeObject, binding: KubeObject): void {
    for (const action of (binding.spec.validationActions ?? ['Deny']) as readonly string[]) {
      if (action === 'Deny') this.refuse(denial, policy, binding);
      if (action === 'Warn') this.request.call.warn(`Validation failed for ${namesOf(policy, binding)}: ${denial.message}`);
    }
  }

  private refuse({ message, reason }: Denial, policy: KubeObject, binding: KubeObject): void {
    this.refusals.push({ text: `${namesOf(policy, binding)} denied request: ${message}`, reason });
  }

  private input(place: Place, params: KubeObject | null): PolicyInput {
    const { request, lookup, server } = this;
    const { kind } = request.resource;
    const served = server.resources.find(place.group, place.version, place.resource);
    const inVersion = (object: KubeObject | undefined) =>
      (object && served && request.subresource === '' ? served.fromStorage(object) : object) ?? null;
    const { user } = request.call;
    return {
      object: inVersion(request.object),
      oldObject: inVersion(request.old),
      params,
      namespaceObject: request.namespace === '' ? null : (lookup.get('namespaces', '', request.namespace) ?? null),
      request: {
        kind: { group: place.group, version: place.version, kind: served?.kind.kind ?? kind.kind },
        resource: place,
        requestKind: { group: this.places[0]!.group, version: this.places[0]!.version, kind: kind.kind },
        requestResource: this.places[0]!,
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

  /** The objects that a binding hands to its policy as parameters; a single null when there are to be none, undefined when they are missing. */
  private params(policy: CompiledPolicy, binding: KubeObject): readonly (KubeObject | null)[] | undefined {
    const { paramKind } = policy;
    const ref = binding.spec.paramRef as ParamRef | undefined;
    if (!paramKind || !ref) return [null];
    const { group, version } = splitApiVersion(paramKind.apiVersion);
    const { resources } = this.server;
    const served = [...resources.all()].find(
      ({ kind }) => kind.group === group && kind.version === version && kind.kind === paramKind.kind,
    );
    const namespace = served?.kind.namespaced ? (ref.namespace ?? this.request.namespace) : undefined;
    const found = (served?.resource.cache.list(namespace) ?? []).filter((object) =>
      ref.name ? object.metadata!.name === ref.name : selectorFrom(ref.selector).matches(object.metadata!.labels),
    );
    if (found.length > 0) return found.map((object) => served!.fromStorage(object));
    return ref.parameterNotFoundAction === 'Deny' ? undefined : [];
  }
}

function namesOf(policy: KubeObject, binding: KubeObject): string {
  return `ValidatingAdmissionPolicy '${policy.metadata!.name}' with binding '${binding.metadata!.name}'`;
}

function placeOfKind({ group, version, resource }: Kind): Place {
  return { group, version, resource };
}

/** The versions of the resource, the one that was asked for first. */
function placesOf({ call, resource }: AdmissionRequest, server: ServerContext): Place[] {
  const { info } = call;
  const own = placeOfKind(resource.kind);
  const isAsked = info.isResource && server.resources.find(info.group, info.version, info.resource)?.resource === resource;
  const asked = isAsked ? { group: info.group, version: info.version, resource: info.resource } : own;
  const places = [asked];
  for (const { kind, resource: other } of server.resources.all()) {
    if (other === resource && !places.some((place) => place.group === kind.group && place.version === kind.version))
      places.push(placeOfKind(kind));
  }
  return places;
}
