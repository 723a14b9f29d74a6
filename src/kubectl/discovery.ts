import { API_GROUPS, BUILTIN_KINDS, splitApiVersion, type Kind } from '../api/kind.ts';
import { ApiError } from '../api/status.ts';
import { NetError } from '../net/fabric.ts';
import type { Task } from '../sim/wait.ts';
import { NoMatch } from './errors.ts';
import { LEGACY_KINDS } from './legacy-kinds.ts';
import type { Api } from './api.ts';

interface ApiGroup {
  /** '' for the core group. */
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

interface DiscoveredGroup {
  metadata?: { name?: string };
  versions?: { version: string; resources?: DiscoveredResource[] }[];
}

interface DiscoveredResource {
  resource: string;
  responseKind?: { kind: string; group?: string; version?: string };
  scope?: string;
  singularResource?: string;
  verbs?: string[];
  shortNames?: string[];
  categories?: string[];
  subresources?: { subresource: string; responseKind?: { kind: string; group?: string; version?: string }; verbs?: string[] }[];
}

/** Everything a server serves, in discovery order. */
export interface Catalogue {
  readonly groups: readonly ApiGroup[];
  readonly kinds: readonly Kind[];
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

function builtinCatalogue(): Catalogue {
  return { groups: API_GROUPS.map(({ name, versions }) => ({ name, versions })), kinds: [...BUILTIN_KINDS.values()] };
}

/** What kubectl remembers of servers between invocations, as the real one does in ~/.kube/cache. */
export class DiscoveryCache {
  private readonly catalogues = new Map<string, Catalogue>();
  private readonly builtin = builtinCatalogue();

  recall(server: string): Catalogue {
    return this.catalogues.get(server) ?? this.builtin;
  }

  store(server: string, catalogue: Catalogue): void {
    this.catalogues.set(server, catalogue);
  }
}

/** Finds kinds by whatever a user calls them. Asks the server when the cache does not know. */
export class Discovery {
  private readonly api: Api;
  private readonly cache: DiscoveryCache;
  private readonly server: string;
  private fresh = false;

  constructor(api: Api, cache: DiscoveryCache, server: string) {
    this.api = api;
    this.cache = cache;
    this.server = server;
  }

  /** The catalogue as the server has it now; throws what the server or the network says. */
  *refresh(): Task<Catalogue> {
    if (!this.fresh) {
      const catalogue = yield* this.read();
      if (catalogue) this.cache.store(this.server, catalogue);
      this.fresh = true;
    }
    return this.catalogue;
  }

  /** Undefined where the server has no discovery. */
  private *read(): Task<Catalogue | undefined> {
    try {
      return yield* readCatalogue(this.api);
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  get catalogue(): Catalogue {
    return this.cache.recall(this.server);
  }

  /** The kind that an argument names: plural, singular, short name, kind, `deployments.apps`, `deployments.v1.apps`. Throws {@link NoMatch}. */
  *resource(argument: string): Task<Kind> {
    const found = findResource(this.catalogue, argument);
    if (found) return found;
    const again = findResource(yield* this.refresh(), argument);
    if (again) return again;
    throw new NoMatch(`the server doesn't have a resource type "${argument.split('.')[0]!.toLowerCase()}"`);
  }

  /** The kind of a manifest; undefined if the server does not have it. */
  *kindOf(apiVersion: string, kind: string): Task<Kind | undefined> {
    const find = (catalogue: Catalogue) => catalogue.kinds.find((one) => one.apiVersion === apiVersion && one.kind === kind);
    return find(this.catalogue) ?? legacyKind(apiVersion, kind) ?? find(yield* this.refresh());
  }

  /** The resources of a category such as `all`, in discovery order; undefined if there is no such category. */
  *category(name: string): Task<Kind[] | undefined> {
    if (!/^[a-z-]+$/.test(name)) return undefined;
    const builtin = this.catalogue.kinds.some((kind) => kind.categories.includes(name));
    if (!builtin && findResource(this.catalogue, name)) return undefined;
    const catalogue = yield* this.refreshQuietly();
    const kinds = preferredKinds(catalogue).filter((kind) => kind.categories.includes(name));
    return kinds.length > 0 ? kinds : undefined;
  }

  private *refreshQuietly(): Task<Catalogue> {
    try {
      return yield* this.refresh();
    } catch (error) {
      if (!(error instanceof NetError) && !(error instanceof ApiError)) throw error;
      return this.catalogue;
    }
  }
}

/** The kinds in the preferred version of their group, each resource once. */
export function preferredKinds(catalogue: Catalogue): Kind[] {
  const rank = rankOf(catalogue);
  const best = new Map<string, Kind>();
  for (const kind of catalogue.kinds) {
    const key = `${kind.group}/${kind.resource}`;
    const known = best.get(key);
    if (!known || rank(kind) < rank(known)) best.set(key, kind);
  }
  return [...best.values()].sort((a, b) => rank(a) - rank(b));
}

function rankOf(catalogue: Catalogue): (kind: Kind) => number {
  const ranks = new Map<string, number>();
  ranks.set('/v1', 0);
  catalogue.groups.forEach((group, at) =>
    group.versions.forEach((version, place) => ranks.set(`${group.name}/${version}`, (at + 1) * 100 + place)),
  );
  return (kind) => ranks.get(`${kind.group}/${kind.version}`) ?? 1e6;
}

const lookups = new WeakMap<Catalogue, Map<string, Kind[]>>();

/** All kinds by each of their names, the preferred ones first. */
function lookupOf(catalogue: Catalogue): Map<string, Kind[]> {
  const known = lookups.get(catalogue);
  if (known) return known;
  const lookup = new Map<string, Kind[]>();
  const rank = rankOf(catalogue);
  const add = (name: string, kind: Kind) => {
    const kinds = lookup.get(name);
    if (!kinds) lookup.set(name, [kind]);
    else if (!kinds.includes(kind)) kinds.push(kind);
  };
  const ordered = [...catalogue.kinds].sort((a, b) => rank(a) - rank(b));
  for (const kind of ordered) {
    add(kind.resource, kind);
    add(kind.singular || kind.kind.toLowerCase(), kind);
  }
  for (const kind of ordered) for (const name of kind.shortNames) add(name, kind);
  for (const kind of ordered) add(kind.kind.toLowerCase(), kind);
  lookups.set(catalogue, lookup);
  return lookup;
}

function findResource(catalogue: Catalogue, argument: string): Kind | undefined {
  const [resource, ...rest] = argument.split('.');
  const kinds = lookupOf(catalogue).get(resource!.toLowerCase()) ?? [];
  if (rest.length === 0) return kinds[0];
  const group = rest.join('.');
  const [version, ...groupRest] = rest;
  return (
    kinds.find((kind) => kind.version === version && kind.group === groupRest.join('.')) ??
    kinds.find((kind) => kind.group === group) ??
    kinds.find((kind) => kind.group !== '' && kind.group.startsWith(group) && !/^v\d/.test(group))
  );
}

function legacyKind(apiVersion: string, kind: string): Kind | undefined {
  return LEGACY_KINDS.get(`${apiVersion}/${kind}`);
}

/** Reads `/api` and `/apis` in their aggregated form; undefined if the server answers in another. */
export function* readCatalogue(api: Api): Task<Catalogue | undefined> {
  const groups: ApiGroup[] = [];
  const kinds: Kind[] = [];
  for (const path of ['/api', '/apis']) {
    const body = (yield* api.read(path, [], { accept: AGGREGATED })) as { kind?: string; items?: DiscoveredGroup[] } | undefined;
    if (body?.kind !== 'APIGroupDiscoveryList') return yield* readLegacyCatalogue(api);
    for (const group of body.items ?? []) {
      const name = group.metadata?.name ?? '';
      groups.push({ name, versions: (group.versions ?? []).map(({ version }) => version) });
      for (const { version, resources = [] } of group.versions ?? []) {
        for (const resource of resources) kinds.push(kindOfDiscovered(name, version, resource));
      }
    }
  }
  return { groups: groups.filter(({ name }) => name !== ''), kinds };
}

function kindOfDiscovered(group: string, version: string, resource: DiscoveredResource): Kind {
  const apiVersion = group ? `${group}/${version}` : version;
  return {
    group,
    version,
    apiVersion,
    kind: resource.responseKind?.kind ?? '',
    resource: resource.resource,
    singular: resource.singularResource ?? '',
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
    namespaced: resource.scope === 'Namespaced',
    verbs: resource.verbs ?? [],
    subresources: Object.fromEntries(
      (resource.subresources ?? []).map((sub) => [
        sub.subresource,
        { kind: sub.responseKind?.kind ?? '', group: sub.responseKind?.group, version: sub.responseKind?.version, verbs: sub.verbs ?? [] },
      ]),
    ),
  };
}

interface LegacyResource {
  name: string;
  singularName?: string;
  namespaced?: boolean;
  kind: string;
  group?: string;
  version?: string;
  verbs?: string[];
  shortNames?: string[];
  categories?: string[];
}

/** Reads the group list and then every group version: servers before 1.26. */
function* readLegacyCatalogue(api: Api): Task<Catalogue | undefined> {
  const list = (yield* api.read('/apis')) as
    { groups?: { name: string; versions: { groupVersion: string; version: string }[] }[] } | undefined;
  if (!Array.isArray(list?.groups)) return undefined;
  const groups = list.groups.map(({ name, versions }) => ({ name, versions: versions.map(({ version }) => version) }));
  const kinds = yield* readLegacyVersion(api, 'v1');
  for (const group of groups) {
    for (const version of group.versions) kinds.push(...(yield* readLegacyVersion(api, `${group.name}/${version}`)));
  }
  return { groups, kinds };
}

function* readLegacyVersion(api: Api, apiVersion: string): Task<Kind[]> {
  const { group, version } = splitApiVersion(apiVersion);
  const body = (yield* api.read(group ? `/apis/${apiVersion}` : `/api/${version}`)) as { resources?: LegacyResource[] } | undefined;
  const resources = body?.resources ?? [];
  const kinds: Kind[] = [];
  for (const resource of resources) {
    if (resource.name.includes('/')) continue;
    const prefix = `${resource.name}/`;
    const subresources = resources.filter((one) => one.name.startsWith(prefix));
    kinds.push({
      group,
      version,
      apiVersion,
      kind: resource.kind,
      resource: resource.name,
      singular: resource.singularName ?? '',
      shortNames: resource.shortNames ?? [],
      categories: resource.categories ?? [],
      namespaced: resource.namespaced ?? false,
      verbs: resource.verbs ?? [],
      subresources: Object.fromEntries(
        subresources.map((one) => [
          one.name.slice(prefix.length),
          { kind: one.kind, group: one.group, version: one.version, verbs: one.verbs ?? [] },
        ]),
      ),
    });
  }
  return kinds;
}
