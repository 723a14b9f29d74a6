/** What a request asks for, read from its method and path (apiserver request.RequestInfo). */
export interface RequestInfo {
  readonly isResource: boolean;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; for other paths the method in lower case. */
  readonly verb: string;
  readonly path: string;
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** '' for cluster-scoped requests and for lists over all namespaces. */
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  /** '' for collections. */
  readonly name: string;
  /** What follows the subresource: the path of a proxied request. */
  readonly rest: string;
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

function verbOf(method: string, hasName: boolean, isWatch: boolean): string {
  switch (method) {
    case 'POST':
      return 'create';
    case 'GET':
    case 'HEAD':
      if (isWatch) return 'watch';
      return hasName ? 'get' : 'list';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return hasName ? 'delete' : 'deletecollection';
    default:
      return method.toLowerCase();
  }
}

function nonResource(method: string, path: string): RequestInfo {
  return {
    isResource: false,
    verb: method.toLowerCase(),
    path,
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: '',
  };
}

/**
 * Reads a path. `watchRequested` is the query's `watch`. Follows apiserver
 * pkg/endpoints/request/requestinfo.go, with the old `/watch/` prefix.
 */
export function requestInfo(method: string, path: string, watchRequested: boolean): RequestInfo {
  const parts = path.split('/');
  parts.shift();
  if (parts.length > 0 && parts[parts.length - 1] === '') parts.pop();
  let at: number;
  let group = '';
  if (parts[0] === 'api' && parts.length >= 3) at = 2;
  else if (parts[0] === 'apis' && parts.length >= 4) {
    group = parts[1]!;
    at = 3;
  } else return nonResource(method, path);
  const version = parts[at - 1]!;
  let watching = watchRequested;
  if (parts[at] === 'watch') {
    watching = true;
    at++;
    if (at >= parts.length) return nonResource(method, path);
  }
  let namespace = '';
  if (parts[at] === 'namespaces' && parts.length > at + 1) {
    namespace = parts[at + 1]!;
    if (parts.length > at + 2 && !NAMESPACE_SUBRESOURCES.has(parts[at + 2]!)) at += 2;
  }
  const resource = parts[at]!;
  const name = parts[at + 1] ?? '';
  const subresource = parts[at + 2] ?? '';
  const rest = parts.length > at + 3 ? `/${parts.slice(at + 3).join('/')}` : '';
  const isCollectionWatch = (method === 'GET' || method === 'HEAD') && watching && subresource === '';
  return {
    isResource: true,
    verb: verbOf(method, name !== '', isCollectionWatch),
    path,
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    rest,
  };
}
