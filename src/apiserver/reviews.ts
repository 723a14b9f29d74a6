import { localSubjectAccessReview, selfSubjectAccessReview, selfSubjectRulesReview, subjectAccessReview } from './access-reviews.ts';
import { selfSubjectReview, tokenReview } from './token-reviews.ts';
import { badRequest } from '../api/status.ts';
import { bind } from './subresources/binding.ts';
import { methodNotAllowed, noSuchResource } from './errors.ts';
import { readObject } from './body.ts';
import { respond } from './respond.ts';
import type { HttpResponse } from '../net/http.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Call } from './call.ts';
import type { ServerContext } from './server-context.ts';

type Review = (server: ServerContext, call: Call, body: KubeObject) => Task<KubeObject>;

const REVIEWS: Readonly<Record<string, Review>> = {
  Binding: bindPod,
  LocalSubjectAccessReview: localSubjectAccessReview,
  SelfSubjectAccessReview: selfSubjectAccessReview,
  SelfSubjectReview: selfSubjectReview,
  SelfSubjectRulesReview: selfSubjectRulesReview,
  SubjectAccessReview: subjectAccessReview,
  TokenReview: tokenReview,
};

/** Answers requests for kinds that are not stored. Throws ApiError. */
export function* serveReview(server: ServerContext, call: Call, kind: Kind): Task<HttpResponse> {
  const { verb, name } = call.info;
  if (!kind.verbs.includes(verb)) throw methodNotAllowed();
  if (verb !== 'create') call.warn('v1 ComponentStatus is deprecated in v1.19+');
  if (verb !== 'create') return respond(call, 200, componentStatuses(kind, name));
  const review = REVIEWS[kind.kind];
  if (!review) throw noSuchResource();
  return respond(call, 201, yield* review(server, call, readObject(call, kind)));
}

function* bindPod(server: ServerContext, call: Call, binding: KubeObject): Task<KubeObject> {
  const name = binding.metadata?.name;
  if (!name) throw badRequest('name is required');
  return yield* bind(server, call, server.resources.byName('pods')!, name, binding);
}

/** The components are not probed: the kind is deprecated, and what there is answers healthy. */
function componentStatuses({ apiVersion }: Kind, name: string): object {
  const status = (component: string) => ({
    kind: 'ComponentStatus',
    apiVersion,
    metadata: { name: component },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  });
  return name
    ? status(name)
    : { kind: 'ComponentStatusList', apiVersion, metadata: {}, items: ['controller-manager', 'etcd-0', 'scheduler'].map(status) };
}
