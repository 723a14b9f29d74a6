import { badRequest, invalid, type FieldError } from '../api/status.ts';
import type { Attributes } from './rbac/rules.ts';
import type { Call } from './call.ts';
import type { Identity } from '../net/http.ts';
import type { KubeObject } from '../api/object.ts';
import type { ServerContext } from './server-context.ts';
import type { Task } from '../sim/wait.ts';

const GROUP = 'authorization.k8s.io';

interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
}

interface ReviewSpec {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
}

function attributesOf({ resourceAttributes: asked, nonResourceAttributes: other }: ReviewSpec): Attributes {
  if (!asked)
    return {
      verb: other?.verb ?? '',
      isResource: false,
      group: '',
      resource: '',
      subresource: '',
      name: '',
      namespace: '',
      path: other?.path ?? '',
    };
  const { verb = '', group = '', resource = '', subresource = '', name = '', namespace = '' } = asked;
  return { verb, isResource: true, group, resource, subresource, name, namespace, path: '' };
}

function invalidReview(errors: readonly FieldError[]): Error {
  return invalid({ group: GROUP, kind: '' }, '', errors);
}

/** authorization/validation.ValidateSubjectAccessReviewSpec. */
function check(spec: ReviewSpec, isSelf: boolean): void {
  const errors: FieldError[] = [];
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  if (resource && other) {
    const shown = JSON.stringify({ Path: other.path ?? '', Verb: other.verb ?? '' });
    errors.push({
      reason: 'FieldValueInvalid',
      field: 'spec.nonResourceAttributes',
      message: `Invalid value: ${shown}: cannot be specified in combination with resourceAttributes`,
    });
  }
  if (!resource && !other) {
    errors.push({
      reason: 'FieldValueInvalid',
      field: 'spec.resourceAttributes',
      message: 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    });
  }
  if (!isSelf && !spec.user && !spec.groups?.length) {
    errors.push({
      reason: 'FieldValueInvalid',
      field: 'spec.user',
      message: 'Invalid value: "": at least one of user or group must be specified',
    });
  }
  if (errors.length > 0) throw invalidReview(errors);
}

function answer(server: ServerContext, review: KubeObject, user: Identity): KubeObject {
  const { allowed, reason } = server.authorizer.authorize(user, attributesOf(review.spec as ReviewSpec));
  return { ...review, metadata: review.metadata ?? {}, status: { allowed, ...(reason && { reason }) } };
}

export function* subjectAccessReview(server: ServerContext, _call: Call, review: KubeObject): Task<KubeObject> {
  const spec = (review.spec ?? {}) as ReviewSpec;
  check(spec, false);
  return answer(server, review, { name: spec.user ?? '', groups: spec.groups ?? [] });
}

export function* localSubjectAccessReview(server: ServerContext, call: Call, review: KubeObject): Task<KubeObject> {
  const spec = (review.spec ?? {}) as ReviewSpec;
  check(spec, false);
  const { namespace } = call.info;
  const given = spec.resourceAttributes?.namespace ?? '';
  if (given !== namespace) {
    throw invalidReview([
      {
        reason: 'FieldValueInvalid',
        field: 'spec.resourceAttributes.namespace',
        message: `Invalid value: ${JSON.stringify(given)}: must match metadata.namespace`,
      },
    ]);
  }
  return answer(server, { ...review, metadata: { ...review.metadata, namespace } }, { name: spec.user ?? '', groups: spec.groups ?? [] });
}

export function* selfSubjectAccessReview(server: ServerContext, call: Call, review: KubeObject): Task<KubeObject> {
  check((review.spec ?? {}) as ReviewSpec, true);
  return answer(server, review, call.user);
}

export function* selfSubjectRulesReview(server: ServerContext, call: Call, review: KubeObject): Task<KubeObject> {
  const namespace = (review.spec as { namespace?: string } | undefined)?.namespace;
  if (!namespace) throw badRequest('no namespace on request');
  const rules = server.authorizer.rulesFor(call.user, namespace);
  const resourceRules = rules
    .filter((rule) => rule.resources?.length)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames?.length && { resourceNames }),
    }));
  const nonResourceRules = rules
    .filter((rule) => rule.nonResourceURLs?.length)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  return { ...review, metadata: {}, spec: {}, status: { resourceRules, nonResourceRules, incomplete: false } };
}
