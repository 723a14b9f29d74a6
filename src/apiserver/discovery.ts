import { Digest } from '../base/hash.ts';
import { API_GROUPS, BUILTIN_KINDS, type Kind } from '../api/kind.ts';
import { negotiate } from './negotiate.ts';
import { noSuchResource } from './errors.ts';
import { respond, respondAs } from './respond.ts';
import type { HttpResponse } from '../net/http.ts';
import type { Call } from './call.ts';
import type { ServerContext } from './server-context.ts';

interface Group {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

const AGGREGATED = 'apidiscovery.k8s.io';

function versionName(group: string, version: string): string {
  return group ? `${group}/${version}` : version;
}

/** What a server serves, built-in kinds first, then custom ones. */
function groupsOf(server: ServerContext): Group[] {
  const groups = API_GROUPS.map(({ name, versions }) => ({ name, versions: [...versions] }));
  for (const { group, versions } of server.customGroups()) {
    const known = groups.find(({ name }) => name === group);
    if (known) known.versions.push(...versions.filter((version) => !known.versions.includes(version)));
    else groups.push({ name: group, versions: [...versions] });
  }
  return groups;
}

function kindsOf(server: ServerContext, group: string, version: string): Kind[] {
  const kinds = [...BUILTIN_KINDS.values()].filter((kind) => kind.group === group && kind.version === version);
  for (const served of server.resources.all()) {
    const { kind } = served;
    if (kind.group === group && kind.version === version && !kinds.some(({ resource }) => resource === kind.resource)) kinds.push(kind);
  }
  return kinds.sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

function apiGroup({ name, versions }: Group): object {
  const described = versions.map((version) => ({ groupVersion: versionName(name, version), version }));
  return { name, versions: described, preferredVersion: described[0] };
}

/** `APIResourceList` of one version; undefined if nothing is served there. */
function resourceList(server: ServerContext, group: string, version: string): object | undefined {
  const kinds = kindsOf(server, group, version);
  if (kinds.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group && { apiVersion: 'v1' }),
    groupVersion: versionName(group, version),
    resources: kinds.flatMap(apiResources),
  };
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Eight bytes that tell storage versions apart, in base64. */
function storageVersionHash({ apiVersion, kind }: Kind): string {
  const digest = new Digest();
  digest.mixText(`${apiVersion}/${kind}`);
  let bits = BigInt(`0x${digest.toString()}`) << 2n;
  let text = '';
  for (let i = 0; i < 11; i++) {
    text = BASE64[Number(bits & 63n)] + text;
    bits >>= 6n;
  }
  return `${text}=`;
}

function apiResources(kind: Kind): object[] {
  const { resource, singular, namespaced, verbs, shortNames, categories, subresources } = kind;
  const main = {
    name: resource,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(verbs.includes('list') && verbs.includes('create') && { storageVersionHash: storageVersionHash(kind) }),
  };
  const others = Object.entries(subresources)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, sub]) => ({
      name: `${resource}/${name}`,
      singularName: '',
      namespaced,
      ...(sub.group && { group: sub.group }),
      ...(sub.version && { version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    }));
  return [main, ...others];
}

function groupDiscovery(server: ServerContext, { name, versions }: Group): object {
  return {
    metadata: { ...(name && { name }), creationTimestamp: null },
    versions: versions.map((version) => ({
      version,
      resources: kindsOf(server, name, version).map(resourceDiscovery),
      freshness: 'Current',
    })),
  };
}

function resourceDiscovery(kind: Kind): object {
  const { resource, singular, namespaced, verbs, shortNames, categories, subresources, group, version } = kind;
  const subs = Object.entries(subresources).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    resource,
    responseKind: { group, version, kind: kind.kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subs.length > 0 && {
      subresources: subs.map(([name, sub]) => ({
        subresource: name,
        responseKind: { group: sub.group ?? group, version: sub.version ?? version, kind: sub.kind },
        verbs: sub.verbs,
      })),
    }),
  };
}

/** Answers `/api`, `/apis` and what lies below down to a version; undefined for other paths. */
export function serveDiscovery(server: ServerContext, call: Call): HttpResponse | undefined {
  const parts = call.info.path.split('/').filter((part) => part !== '');
  const [root, group = '', version = ''] = parts;
  if (root === 'api' && parts.length === 1) return serveRoots(server, call, true);
  if (root === 'apis' && parts.length === 1) return serveRoots(server, call, false);
  if (root === 'api' && parts.length === 2) return listOr404(server, call, '', group);
  if (root === 'apis' && parts.length === 2) {
    const found = groupsOf(server).find(({ name }) => name === group && name !== '');
    if (!found) return undefined;
    negotiate(call, () => false);
    return respond(call, 200, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(found) });
  }
  return root === 'apis' && parts.length === 3 ? listOr404(server, call, group, version) : undefined;
}

function listOr404(server: ServerContext, call: Call, group: string, version: string): HttpResponse | undefined {
  const list = resourceList(server, group, version);
  if (!list) {
    if (group === '') throw noSuchResource();
    return undefined;
  }
  negotiate(call, () => false);
  return respond(call, 200, list);
}

function serveRoots(server: ServerContext, call: Call, isCore: boolean): HttpResponse {
  const { as, version } = negotiate(
    call,
    (asked) => asked.as === 'APIGroupDiscoveryList' && asked.group === AGGREGATED && asked.version === 'v2',
  );
  const groups = groupsOf(server).filter(({ name }) => (name === '') === isCore);
  if (as) {
    const body = {
      kind: 'APIGroupDiscoveryList',
      apiVersion: `${AGGREGATED}/${version}`,
      metadata: {},
      items: groups.map((group) => groupDiscovery(server, group)),
    };
    return respondAs(call, 200, body, `application/json;g=${AGGREGATED};v=${version};as=APIGroupDiscoveryList`);
  }
  if (!isCore) return respond(call, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroup) });
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: server.publicAddress }];
  return respond(call, 200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs });
}
