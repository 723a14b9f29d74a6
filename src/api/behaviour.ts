import type { Kind } from './kind.ts';
import type { KubeObject } from './object.ts';
import type { FieldError } from './status.ts';

/** What writing needs to know beside the objects. */
export interface WriteContext {
  /** Milliseconds since the epoch; some conditions carry the time of the write. */
  readonly nowMs: number;
}

/** What printing a row needs to know beside the object. */
export interface RowContext {
  /** Milliseconds since the epoch; ages are counted from it. */
  readonly nowMs: number;
}

export type Cell = string | number | boolean | null;

/** One row of a server-side Table, without the object. `cells` follow the kind's columns, wide ones included. */
export interface TableRow {
  readonly cells: readonly Cell[];
  /** Only rows of pods that are over carry a condition. */
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }[];
}

/** A column of a Table as `facts/columns.json` describes it. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description?: string;
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority: number;
}

/** Part of an object that an update writes: '' is the object itself. */
export type Subresource = '' | 'status' | 'resize' | 'ephemeralcontainers' | 'approval' | 'finalize' | (string & {});

/**
 * How one kind of object behaves, as its file states it: everything left out is what most kinds do
 * (see `completeBehaviour`). All functions are pure; objects given are immutable, objects answered
 * are copies along the changed path and share the rest. Objects are in the kind's own version.
 */
export interface KindBehaviour<T extends KubeObject = any> {
  readonly kind: Kind<T>;

  /** Fills in defaults and the zero values that are always written; answers the same object if nothing is missing. */
  readonly defaults?: (object: T) => T;

  /** Whether metadata.generation starts at 1 and counts changes of the spec. */
  readonly counted?: boolean;
  /** The parts beside metadata of which a change counts as a new generation. Default: `['spec']`. */
  readonly countedFields?: readonly string[];
  /** Part of metadata of which a change counts, too. */
  readonly countsMetadata?: 'annotations' | 'labels';
  /** The status an object is created with, or keeps from nobody. Kinds without a status subresource leave it out. */
  readonly initialStatus?: (object: T, context: WriteContext) => T['status'];
  /** After name, uid, status and generation are set: what else a creator may not set, or every new object has. */
  readonly prepareForCreate?: (object: T, context: WriteContext) => T;
  /** After the old status is kept, before the generation is counted. */
  readonly prepareForUpdate?: (object: T, old: T, context: WriteContext) => T;
  /** After everything but the status (and free metadata) is taken from `old`. */
  readonly prepareForStatusUpdate?: (object: T, old: T, context: WriteContext) => T;
  /** Writes through other subresources (`resize`, `ephemeralcontainers`, `approval`, `finalize`). */
  readonly prepareForSubresource?: (object: T, old: T, subresource: Subresource, context: WriteContext) => T;

  /** What is wrong with the name (or the prefix of a generated one). Default: RFC 1123 subdomain. */
  readonly nameProblems?: (name: string, isPrefix: boolean) => readonly string[];
  /** Beside metadata. */
  readonly validate?: (object: T) => readonly FieldError[];
  /** Beside metadata. Parts that are `===` need no look. Default: `validate`. */
  readonly validateUpdate?: (object: T, old: T) => readonly FieldError[];
  readonly validateStatusUpdate?: (object: T, old: T) => readonly FieldError[];
  readonly validateSubresource?: (object: T, old: T, subresource: Subresource) => readonly FieldError[];
  /** Texts of Warning headers, without code and agent. */
  readonly warnings?: (object: T, old: T | undefined) => readonly string[];

  /** Fields a field selector may name beside `metadata.name` and `metadata.namespace`, with their values. */
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  /** Those of them by which lists and watches are found. */
  readonly indexedFields?: readonly string[];

  /** Seconds of grace of a deletion; left out: the kind knows no graceful deletion. */
  readonly gracePeriodSeconds?: (object: T, asked: number | undefined) => number;
  /** What a deletion does to dependents when it does not say. Default: `Background`. */
  readonly defaultPropagation?: 'Orphan' | 'Background';
  /** Whether a deletion is answered by the object itself instead of a Status. */
  readonly returnsDeleted?: boolean;
  /** PUT of a name that does not exist creates it. Default: no. */
  readonly allowsCreateOnUpdate?: boolean;
  /** PUT without resourceVersion overwrites. Default: yes. */
  readonly allowsUnconditionalUpdate?: boolean;

  /** The cells of one object. Left out: name and creation time. */
  readonly row?: (object: T, context: RowContext) => TableRow;
}

/** A behaviour with nothing left out: what the generic registry works with. */
export interface Behaviour<T extends KubeObject = any> {
  readonly kind: Kind<T>;
  readonly hasStatus: boolean;
  defaults(object: T): T;
  /** Name (generated or given), namespace, uid and creation time are set before. */
  prepareForCreate(object: T, context: WriteContext): T;
  /** `subresource` '' keeps the status and counts the generation; 'status' keeps everything else. */
  prepareForUpdate(object: T, old: T, subresource: Subresource, context: WriteContext): T;
  /** Metadata included. */
  validate(object: T): readonly FieldError[];
  /** Metadata included. */
  validateUpdate(object: T, old: T, subresource: Subresource): readonly FieldError[];
  warnings(object: T, old: T | undefined): readonly string[];
  readonly selectableFields: Readonly<Record<string, (object: T) => string>>;
  readonly indexedFields: readonly string[];
  /** Undefined: deleted at once. */
  gracePeriodSeconds(object: T, asked: number | undefined): number | undefined;
  readonly defaultPropagation: 'Orphan' | 'Background';
  readonly returnsDeleted: boolean;
  readonly allowsCreateOnUpdate: boolean;
  readonly allowsUnconditionalUpdate: boolean;
  readonly columns: readonly TableColumn[];
  row(object: T, context: RowContext): TableRow;
}
