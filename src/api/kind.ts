import discovery from './facts/discovery.json' with { type: 'json' };
import type { KubeObject } from './object.ts';

interface DiscoveredSubresource {
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

interface DiscoveredResource {
  readonly kind: string;
  readonly namespaced: boolean;
  readonly singularName: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: Readonly<Record<string, DiscoveredSubresource>>;
}

/** Where a kind of object is served, and under which names. `T` is the type of its objects. */
export interface Kind<T extends KubeObject = KubeObject> {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  /** `Deployment`. */
  readonly kind: string;
  /** The plural name in paths: `deployments`. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: Readonly<Record<string, DiscoveredSubresource>>;
  /** Never set; carries the type. */
  readonly object?: T;
}

/** `apps/v1` → group `apps`, version `v1`; `v1` → group ''. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `deployments.apps`, `pods`: how messages name a resource. */
export function groupResource(kind: { group: string; resource: string }): string {
  return kind.group ? `${kind.resource}.${kind.group}` : kind.resource;
}

function readKinds(): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  const resources = discovery.resources as unknown as Record<string, Record<string, DiscoveredResource>>;
  for (const [apiVersion, byResource] of Object.entries(resources)) {
    for (const [resource, facts] of Object.entries(byResource)) {
      const { group, version } = splitApiVersion(apiVersion);
      kinds.set(`${apiVersion}/${resource}`, {
        group,
        version,
        apiVersion,
        kind: facts.kind,
        resource,
        singular: facts.singularName,
        shortNames: facts.shortNames ?? [],
        categories: facts.categories ?? [],
        namespaced: facts.namespaced,
        verbs: facts.verbs,
        subresources: facts.subresources ?? {},
      });
    }
  }
  return kinds;
}

const builtins = readKinds();

/** Every kind built into the API server, keyed `apps/v1/deployments`. Custom resources are the server's own knowledge. */
export const BUILTIN_KINDS: ReadonlyMap<string, Kind> = builtins;

/** The API groups in discovery order, with their versions, the preferred one first. */
export const API_GROUPS: readonly { name: string; versions: readonly string[]; preferredVersion: string }[] = discovery.groups;

/** A built-in kind by its place: `builtin<Pod>('v1', 'pods')`. Unknown places are a bug. */
export function builtin<T extends KubeObject>(apiVersion: string, resource: string): Kind<T> {
  const kind = builtins.get(`${apiVersion}/${resource}`);
  if (!kind) throw new Error(`no built-in resource ${apiVersion}/${resource}`);
  return kind as Kind<T>;
}
