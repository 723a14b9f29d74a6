import { badRequest } from '../api/status.ts';
import type { Call } from './call.ts';
import type { KubeObject } from '../api/object.ts';
import type { ServerContext } from './server-context.ts';
import type { Task } from '../sim/wait.ts';

export function* tokenReview(server: ServerContext, _call: Call, review: KubeObject): Task<KubeObject> {
  const token = (review.spec as { token?: string } | undefined)?.token;
  if (!token) throw badRequest('token is required for TokenReview in authentication');
  const user = server.authenticator.userOf(token);
  const status = user
    ? { authenticated: true, user: { username: user.name, groups: [...user.groups] } }
    : { user: {}, error: 'invalid bearer token' };
  return { ...review, metadata: review.metadata ?? {}, status };
}

export function* selfSubjectReview(server: ServerContext, call: Call, review: KubeObject): Task<KubeObject> {
  const { name, groups } = call.user;
  const metadata = { creationTimestamp: server.kernel.timestamp() };
  return { ...review, metadata, status: { userInfo: { username: name, groups: [...groups] } } };
}
