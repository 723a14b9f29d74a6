import { equalValues } from '../../api/equal.ts';
import type { EndpointSlice } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1';

/** Endpoints that share their ports and so may share slices. */
export interface PortGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface SliceContent {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** What has to be done so that slices hold what is wanted. */
export interface SliceChanges {
  readonly create: readonly SliceContent[];
  readonly update: readonly { readonly slice: Stored<EndpointSlice>; readonly content: SliceContent }[];
  readonly remove: readonly Stored<EndpointSlice>[];
}

export interface FitOptions {
  readonly maxPerSlice: number;
  /** Whether a slice has to be written even if its endpoints are right. */
  readonly mustUpdate: (slice: Stored<EndpointSlice>) => boolean;
  /** Whether there is an empty slice when there are no endpoints. */
  readonly placeholder: boolean;
}

/** A key by which equal lists of ports are found. */
export function portsKey(ports: readonly EndpointPort[] | undefined | null): string {
  return (ports ?? [])
    .map(({ name = '', port, protocol = 'TCP', appProtocol = '' }) => `${name}|${port}|${protocol}|${appProtocol}`)
    .sort()
    .join(',');
}

/**
 * Fits wanted endpoints into slices with the fewest writes (endpointslice reconciler.go): what is in
 * a slice stays there; slices that change anyway are filled up first, then the one with the least
 * room for all that is left, then new ones; no two slices are merged.
 */
export function fitSlices(existing: readonly Stored<EndpointSlice>[], groups: readonly PortGroup[], options: FitOptions): SliceChanges {
  const byPorts = new Map<string, Stored<EndpointSlice>[]>();
  for (const slice of existing) {
    const key = portsKey(slice.ports);
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice]);
  }
  const create: SliceContent[] = [];
  const update: { slice: Stored<EndpointSlice>; content: SliceContent }[] = [];
  const remove: Stored<EndpointSlice>[] = [];
  for (const group of groups) {
    const key = portsKey(group.ports);
    fitGroup(byPorts.get(key) ?? [], group, options, { create, update, remove });
    byPorts.delete(key);
  }
  for (const slices of byPorts.values()) remove.push(...slices);
  if (options.placeholder && create.length + update.length + existing.length - remove.length === 0) keepPlaceholder(create, remove);
  while (create.length > 0 && remove.length > 0) update.push({ slice: remove.shift()!, content: create.shift()! });
  return { create, update, remove };
}

/** A service without endpoints still has one slice, an empty one. */
function keepPlaceholder(create: SliceContent[], remove: Stored<EndpointSlice>[]): void {
  const [only] = remove;
  const isPlaceholder = remove.length === 1 && (only!.endpoints ?? []).length === 0 && (only!.ports ?? []).length === 0;
  if (isPlaceholder) remove.length = 0;
  else create.push({ ports: [], endpoints: [] });
}

interface Draft {
  readonly slice: Stored<EndpointSlice>;
  readonly endpoints: Endpoint[];
  changed: boolean;
}

function fitGroup(
  slices: readonly Stored<EndpointSlice>[],
  group: PortGroup,
  { maxPerSlice: max, mustUpdate }: FitOptions,
  changes: { create: SliceContent[]; update: { slice: Stored<EndpointSlice>; content: SliceContent }[]; remove: Stored<EndpointSlice>[] },
): void {
  const wanted = new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const drafts = slices.map((slice) => keepWanted(slice, wanted, mustUpdate(slice)));
  const rest = [...wanted.values()];
  const changed = drafts
    .filter((draft) => draft.changed && draft.endpoints.length > 0)
    .sort((a, b) => b.endpoints.length - a.endpoints.length);
  for (const draft of changed) draft.endpoints.push(...rest.splice(0, Math.max(0, max - draft.endpoints.length)));
  if (rest.length > 0 && rest.length < max) {
    const roomy = sliceToFill(drafts, rest.length, max);
    if (roomy) {
      roomy.endpoints.push(...rest.splice(0));
      roomy.changed = true;
    }
  }
  while (rest.length > 0) changes.create.push({ ports: group.ports, endpoints: rest.splice(0, max) });
  for (const { slice, endpoints, changed: isChanged } of drafts) {
    if (endpoints.length === 0) changes.remove.push(slice);
    else if (isChanged) changes.update.push({ slice, content: { ports: group.ports, endpoints } });
  }
}

function keepWanted(slice: Stored<EndpointSlice>, wanted: Map<string, Endpoint>, forced: boolean): Draft {
  const endpoints: Endpoint[] = [];
  let changed = forced;
  for (const present of slice.endpoints ?? []) {
    const key = endpointKey(present);
    const next = wanted.get(key);
    if (!next) {
      changed = true;
      continue;
    }
    wanted.delete(key);
    const same = sameEndpoint(present, next);
    if (!same) changed = true;
    endpoints.push(same ? present : next);
  }
  return { slice, endpoints, changed };
}

/** Of the unchanged slices with room for `count` more, the fullest. */
function sliceToFill(drafts: readonly Draft[], count: number, max: number): Draft | undefined {
  let best: Draft | undefined;
  for (const draft of drafts) {
    if (draft.changed || draft.endpoints.length + count > max) continue;
    if (!best || draft.endpoints.length > best.endpoints.length) best = draft;
  }
  return best;
}

/** Endpoints are the same thing in another state when address and target are the same. */
function endpointKey(endpoint: Endpoint): string {
  const { targetRef, addresses } = endpoint;
  return targetRef ? `${targetRef.uid ?? ''}/${targetRef.namespace ?? ''}/${targetRef.name ?? ''}/${addresses[0]}` : addresses.join(',');
}

function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a.conditions?.ready === b.conditions?.ready &&
    a.conditions?.serving === b.conditions?.serving &&
    a.conditions?.terminating === b.conditions?.terminating &&
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    a.hostname === b.hostname &&
    equalValues(a.hints, b.hints) &&
    equalValues(a.addresses, b.addresses)
  );
}
