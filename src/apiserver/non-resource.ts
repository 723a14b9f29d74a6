import { API_GROUPS } from '../api/kind.ts';
import { methodNotAllowed } from './errors.ts';
import { respond, respondText } from './respond.ts';
import { serveDiscovery } from './discovery.ts';
import type { HttpResponse } from '../net/http.ts';
import type { Call } from './call.ts';
import type { ServerContext } from './server-context.ts';

/** What `/version` answers. */
const VERSION = {
  major: '1',
  minor: '35',
  emulationMajor: '1',
  emulationMinor: '35',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '34',
  gitVersion: 'v1.35.0',
  gitCommit: '66452049f3d692768c39c797b21b793dce80314e',
  gitTreeState: 'clean',
  buildDate: '2025-12-17T12:32:07Z',
  goVersion: 'go1.25.5',
  compiler: 'gc',
  platform: 'linux/amd64',
};

const HEALTH = /^\/(healthz|livez|readyz)(\/.*)?$/;

/** Answers requests for paths that are no resources. Throws ApiError. */
export function serveNonResource(server: ServerContext, call: Call): HttpResponse {
  const { path } = call.info;
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const discovered = serveDiscovery(server, call);
  if (discovered) return discovered;
  if (trimmed === '/' || trimmed === '')
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ paths: paths(server) }, undefined, 2) };
  const health = HEALTH.exec(trimmed);
  if (health) return serveHealth(server, call, health[1]!);
  if (trimmed === '/version') {
    if (call.request.method !== 'GET') throw methodNotAllowed();
    return respond(call, 200, VERSION);
  }
  const openApi = server.openApi.serve(call);
  if (openApi) return openApi;
  if (trimmed === '/metrics') return respondText(200, server.metrics.text(VERSION.gitVersion));
  if (trimmed === '/.well-known/openid-configuration') return respond(call, 200, openIdConfiguration(server));
  return respondText(404, '404 page not found\n');
}

function serveHealth(server: ServerContext, call: Call, kind: string): HttpResponse {
  const checks = ['ping', 'log', 'etcd', ...(kind === 'readyz' ? ['informer-sync'] : []), 'poststarthook/rbac/bootstrap-roles'];
  const failed = new Set(server.isBootstrapped() || kind === 'livez' ? [] : ['poststarthook/rbac/bootstrap-roles']);
  if (failed.size === 0 && call.query('verbose') === undefined) return respondText(200, 'ok');
  const lines = checks.map((check) => (failed.has(check) ? `[-]${check} failed: reason withheld` : `[+]${check} ok`));
  return respondText(failed.size === 0 ? 200 : 500, `${lines.join('\n')}\n${kind} check ${failed.size === 0 ? 'passed' : 'failed'}\n`);
}

function paths(server: ServerContext): string[] {
  const found = ['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/'];
  for (const { name, versions } of API_GROUPS)
    if (name) found.push(`/apis/${name}`, ...versions.map((version) => `/apis/${name}/${version}`));
  for (const { group, versions } of server.customGroups())
    found.push(`/apis/${group}`, ...versions.map((version) => `/apis/${group}/${version}`));
  const others = [
    '/healthz',
    '/healthz/etcd',
    '/healthz/ping',
    '/livez',
    '/livez/ping',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/openid/v1/jwks',
    '/readyz',
    '/readyz/ping',
    '/version',
  ];
  return [...found.sort(), ...others];
}

function openIdConfiguration(server: ServerContext): object {
  return {
    issuer: 'https://kubernetes.default.svc.cluster.local',
    jwks_uri: `https://${server.publicAddress}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}
