import { deepEqual } from '../base/equal.ts';
import { quote } from '../base/quote.ts';
import { difference, EMPTY, hasPath, intersection, isEmptySet, pathsOf, printPath, union, without, type FieldSet } from './field-set.ts';
import { mergeApplied, removeFields, shapeFault } from './field-merge.ts';
import { rootShape, type FieldShape } from './field-shape.ts';
import { compare, fieldSetOf, withNamedFields } from './field-walk.ts';
import {
  emptyObject,
  ownersAfterUpdate,
  readOwners,
  STRIPPED,
  withoutManagedFields,
  withOwners,
  type Owner,
  type Writer,
} from './managed-fields.ts';
import type { KubeObject } from './object.ts';
import { compactJson } from './print.ts';
import { parseJson } from './json.ts';
import type { TypeSchema } from './schema.ts';
import { ApiError, type StatusCause } from './status.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Owns what an object held before it was first applied, if nobody tracked it. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

export interface ApplyOptions {
  /** Take fields from other managers instead of failing. */
  readonly force: boolean;
  /** Paths that an applier cannot come to own (`status` for the object itself). */
  readonly ignored?: FieldSet;
}

export interface Applied {
  /** The object to go on with: not defaulted, its managed fields up to date. */
  readonly object: KubeObject;
  /** Whether anything but the managed fields differs from the live object. */
  readonly changed: boolean;
}

/**
 * Applies a configuration on the server's side (FieldManager.Apply): merges it into the live object,
 * takes away what the same manager applied before and no longer does and nobody else owns, and refuses
 * to change fields that others own unless forced.
 *
 * @param live the stored object in the version of the configuration; undefined if there is none yet
 * @param configuration the body as sent
 * @throws ApiError 409 on conflicts, 400 and 500 for configurations that make no sense
 */
export function serverSideApply(
  type: TypeSchema | undefined,
  live: KubeObject | undefined,
  configuration: KubeObject,
  writer: Writer,
  options: ApplyOptions,
): Applied {
  if (configuration.metadata?.managedFields !== undefined && configuration.metadata.managedFields !== null) {
    throw new ApiError(400, 'BadRequest', 'metadata.managedFields must be nil');
  }
  const shape = rootShape(type);
  const fault = shapeFault(shape, configuration);
  if (fault) throw new ApiError(500, undefined, `failed to create typed patch object (${describe(configuration)}): ${fault}`);
  const run = new Apply(type, shape, live, configuration, writer, options.ignored ?? EMPTY);
  return run.withAnnotation(run.attempt(options.force));
}

/** `default/web; apps/v1, Kind=Deployment`. */
function describe({ metadata, apiVersion = '', kind }: KubeObject): string {
  const groupVersion = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ${groupVersion}, Kind=${kind ?? ''}`;
}

interface Conflict {
  readonly owner: Owner;
  readonly path: readonly string[];
}

class Apply {
  private readonly type: TypeSchema | undefined;
  private readonly shape: FieldShape;
  private readonly live: KubeObject;
  private readonly configuration: KubeObject;
  private readonly writer: Writer;
  private readonly ignored: FieldSet;
  private readonly owners: readonly Owner[];

  constructor(
    type: TypeSchema | undefined,
    shape: FieldShape,
    live: KubeObject | undefined,
    configuration: KubeObject,
    writer: Writer,
    ignored: FieldSet,
  ) {
    this.type = type;
    this.shape = shape;
    this.live = withoutManagedFields(live ?? emptyObject(type));
    this.configuration = configuration;
    this.writer = writer;
    this.ignored = ignored;
    const known = live ? readOwners(live) : [];
    this.owners = live && known.length === 0 ? this.untracked(live) : known;
  }

  /** The first apply to an object that was not tracked: what it holds belongs to a manager of its own. */
  private untracked(live: KubeObject): Owner[] {
    return ownersAfterUpdate(this.type, undefined, live, [], { ...this.writer, manager: BEFORE_FIRST_APPLY }, EMPTY);
  }

  attempt(force: boolean): Applied {
    const { shape, live, writer } = this;
    const previous = this.owners.find((owner) => this.isMine(owner));
    const mine = without(fieldSetOf(shape, this.configuration), this.ignored);
    const others = this.owners.filter((owner) => owner !== previous);
    const merged = mergeApplied(shape, live, this.configuration);
    const object = this.prune(merged, previous?.fields ?? EMPTY, [mine, ...others.map(({ fields }) => fields)]) as KubeObject;
    const { added, modified, removed } = compare(shape, live, object);
    const changed = without(union(added, modified), this.ignored);
    const gone = without(removed, this.ignored);
    const conflicts = others.flatMap((owner) => pathsOf(intersection(owner.fields, changed)).map((path) => ({ owner, path })));
    const standing = force ? [] : this.notAllowed(conflicts);
    if (standing.length > 0) throw conflictError(standing);
    const same = deepEqual(live, object);
    const kept = others.map((owner) => ({ ...owner, fields: difference(difference(owner.fields, changed), gone) }));
    const own: Owner = { ...writer, operation: 'Apply', time: same ? previous?.time : writer.time, fields: difference(mine, STRIPPED) };
    return { object: withOwners(same ? live : object, [...kept, own]), changed: !same };
  }

  private isMine(owner: Owner): boolean {
    return owner.operation === 'Apply' && owner.manager === this.writer.manager && owner.subresource === this.writer.subresource;
  }

  /** Takes away what was applied last time, is not applied now, and nobody claims (merge.Updater.prune). */
  private prune(merged: unknown, last: FieldSet, claims: readonly FieldSet[]): unknown {
    if (isEmptySet(last)) return merged;
    const { shape } = this;
    const named = (set: FieldSet) => withNamedFields(shape, set);
    const all = named(fieldSetOf(shape, merged));
    const firstCut = named(fieldSetOf(shape, removeFields(shape, merged, named(last)) ?? {}));
    const claimed = claims.reduce((sum, set) => union(sum, set), EMPTY);
    const kept = removeFields(shape, merged, difference(all, union(firstCut, named(claimed)))) ?? {};
    const dropped = difference(all, named(fieldSetOf(shape, kept)));
    return removeFields(shape, merged, intersection(dropped, named(last))) ?? {};
  }

  /**
   * Conflicts that stand. kubectl may take over fields that it applied from the client's side before,
   * as its annotation tells, while they are as it left them.
   */
  private notAllowed(conflicts: readonly Conflict[]): readonly Conflict[] {
    const annotation = this.live.metadata?.annotations?.[LAST_APPLIED];
    if (this.writer.manager !== 'kubectl' || !annotation || conflicts.length === 0) return conflicts;
    let last: unknown;
    try {
      last = parseJson(annotation);
    } catch {
      return conflicts;
    }
    if ((last as KubeObject | null)?.apiVersion !== this.writer.apiVersion) return conflicts;
    const { added, modified, removed } = compare(this.shape, last, this.live);
    const untouched = difference(fieldSetOf(this.shape, last), union(union(added, modified), removed));
    return conflicts.filter(({ path }) => !hasPath(untouched, path));
  }

  /** Keeps kubectl's annotation of what was applied last up to date where there is one. */
  withAnnotation(applied: Applied): Applied {
    const { object } = applied;
    const annotations = object.metadata?.annotations;
    if (this.writer.manager !== 'kubectl' || !annotations?.[LAST_APPLIED]) return applied;
    const text = `${compactJson(withoutAnnotation(this.configuration))}\n`;
    if (annotations[LAST_APPLIED] === text) return applied;
    const metadata = { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } };
    return { object: { ...object, metadata }, changed: true };
  }
}

function withoutAnnotation(configuration: KubeObject): KubeObject {
  const annotations = configuration.metadata?.annotations;
  if (!annotations?.[LAST_APPLIED]) return configuration;
  const { [LAST_APPLIED]: _dropped, ...rest } = annotations;
  return { ...configuration, metadata: { ...configuration.metadata, annotations: rest } };
}

/** `"kubectl-create" using v1`, `"kubelet" with subresource "status" using v1`, `"applier"`. */
function printOwner({ manager, operation, subresource, apiVersion }: Owner): string {
  const name = subresource ? `${quote(manager)} with subresource ${quote(subresource)}` : quote(manager);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function conflictError(conflicts: readonly Conflict[]): ApiError {
  const sorted = [...conflicts].sort((a, b) => {
    const left = printOwner(a.owner);
    const right = printOwner(b.owner);
    return left < right ? -1 : left > right ? 1 : 0;
  });
  const causes: StatusCause[] = sorted.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${printOwner(owner)}`,
    field: printPath(path),
  }));
  const lines: string[] = [];
  let previous = '';
  for (const { owner, path } of sorted) {
    const name = printOwner(owner);
    if (name !== previous) lines.push(`conflicts with ${name}:`);
    previous = name;
    lines.push(`- ${printPath(path)}`);
  }
  const [only] = sorted;
  const message =
    sorted.length === 1 && only
      ? `Apply failed with 1 conflict: conflict with ${printOwner(only.owner)}: ${printPath(only.path)}`
      : `Apply failed with ${sorted.length} conflicts: ${lines.join('\n')}`;
  return new ApiError(409, 'Conflict', message, { causes });
}
