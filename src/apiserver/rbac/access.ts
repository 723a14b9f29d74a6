import { ApiError, forbidden } from '../../api/status.ts';
import type { Attributes } from './rules.ts';
import type { Authorizer, Decision } from './authorizer.ts';
import type { Identity } from '../../net/http.ts';

/** `User "alice" cannot get resource "pods" in API group "" in the namespace "x"` (responsewriters forbiddenMessage). */
function refusal(user: Identity, asked: Attributes): string {
  const who = `User ${JSON.stringify(user.name)}`;
  if (!asked.isResource) return `${who} cannot ${asked.verb} path ${JSON.stringify(asked.path)}`;
  const resource = asked.subresource ? `${asked.resource}/${asked.subresource}` : asked.resource;
  const where = asked.namespace ? `in the namespace ${JSON.stringify(asked.namespace)}` : 'at the cluster scope';
  return `${who} cannot ${asked.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(asked.group)} ${where}`;
}

function refusalWithReason(user: Identity, asked: Attributes, { reason }: Decision): string {
  return reason ? `${refusal(user, asked)}: ${reason}` : refusal(user, asked);
}

/** Throws Forbidden unless the user may do what is asked. */
export function requireAccess(authorizer: Authorizer, user: Identity, asked: Attributes): void {
  const decision = authorizer.authorize(user, asked);
  if (decision.allowed) return;
  const why = refusalWithReason(user, asked, decision);
  if (!asked.isResource) throw new ApiError(403, 'Forbidden', `forbidden: ${why}`, {});
  throw forbidden(asked, asked.name, why);
}
