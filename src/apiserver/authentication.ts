import { ALL_AUTHENTICATED, ANONYMOUS } from './users.ts';
import { ApiError } from '../api/status.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';
import type { HttpRequest, Identity } from '../net/http.ts';

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

/** Finds out who sent a request: by its client certificate, by a bearer token, or nobody known. */
export class Authenticator {
  private readonly tokens: ReadonlyMap<string, Identity>;
  private readonly serviceAccounts: ServiceAccountTokens;

  constructor(tokens: Readonly<Record<string, Identity>>, serviceAccounts: ServiceAccountTokens) {
    this.tokens = new Map(Object.entries(tokens));
    this.serviceAccounts = serviceAccounts;
  }

  /** Throws Unauthorized when credentials are given that are not valid. */
  authenticate(request: HttpRequest): Identity {
    if (request.identity) return withAuthenticated(request.identity);
    const { authorization } = request.headers;
    if (!authorization) return ANONYMOUS;
    const [scheme = '', token = ''] = authorization.trim().split(/\s+/);
    if (scheme.toLowerCase() !== 'bearer' || token === '') return ANONYMOUS;
    const user = this.userOf(token);
    if (!user) throw unauthorized();
    return user;
  }

  /** Whose a token is, if it is valid. */
  userOf(token: string): Identity | undefined {
    const user = this.tokens.get(token) ?? this.serviceAccounts.userOf(token);
    return user && withAuthenticated(user);
  }
}

const completed = new WeakMap<Identity, Identity>();

function withAuthenticated(user: Identity): Identity {
  if (user.groups.includes(ALL_AUTHENTICATED)) return user;
  let complete = completed.get(user);
  if (!complete) completed.set(user, (complete = { ...user, groups: [...user.groups, ALL_AUTHENTICATED] }));
  return complete;
}
