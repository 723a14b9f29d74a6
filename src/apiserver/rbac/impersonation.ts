import { ALL_AUTHENTICATED, ANONYMOUS } from '../users.ts';
import { requireAccess } from './access.ts';
import { unclassified } from '../errors.ts';
import type { Attributes } from './rules.ts';
import type { Authorizer } from './authorizer.ts';
import type { HttpRequest, Identity } from '../../net/http.ts';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

function attributes(group: string, resource: string, name: string, namespace = ''): Attributes {
  return { verb: 'impersonate', isResource: true, group, resource, subresource: '', name, namespace, path: '' };
}

/** Who a request is to be taken for, if it asks to be somebody else. Throws Forbidden. */
export function impersonated(authorizer: Authorizer, user: Identity, request: HttpRequest): Identity {
  const { headers } = request;
  const name = headers['impersonate-user'];
  const groups = (headers['impersonate-group'] ?? '')
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
  if (name === undefined || name === '') {
    if (groups.length > 0 || headers['impersonate-uid'])
      throw unclassified(`requested [${groups.map((group) => `{Group  ${group}    }`).join(' ')}] without impersonating a user`);
    return user;
  }
  const account = SERVICE_ACCOUNT.exec(name);
  if (account) requireAccess(authorizer, user, attributes('', 'serviceaccounts', account[2]!, account[1]!));
  else requireAccess(authorizer, user, attributes('', 'users', name));
  for (const group of groups) requireAccess(authorizer, user, attributes('', 'groups', group));
  if (account && groups.length === 0) groups.push('system:serviceaccounts', `system:serviceaccounts:${account[1]!}`);
  if (name !== ANONYMOUS.name && !groups.includes(ALL_AUTHENTICATED) && !groups.includes('system:unauthenticated'))
    groups.push(ALL_AUTHENTICATED);
  if (name === ANONYMOUS.name && !groups.includes('system:unauthenticated')) groups.push('system:unauthenticated');
  return { name, groups };
}
