import { Call } from './call.ts';
import { SERVER_USER } from './users.ts';

export interface InternalTarget {
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** A call that the API server makes to itself, as its own user. */
export function internalCall({ verb, group, version, resource, namespace = '', name = '', subresource = '' }: InternalTarget): Call {
  const info = { isResource: true, verb, path: '', group, version, namespace, resource, subresource, name, rest: '' };
  return new Call({ method: '', path: '', query: [], headers: { 'user-agent': 'kube-apiserver/v1.35.0' } }, info, SERVER_USER);
}
