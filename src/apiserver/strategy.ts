import type { KubeObject } from '../api/object.ts';
import type { FieldError } from '../api/status.ts';

/**
 * What distinguishes one kind of object from another in the generic registry (registry/rest
 * strategies). All functions are pure; objects given are immutable, objects answered are new where
 * they differ. Everything is in the storage version.
 */
export interface Strategy {
  /** Fills in defaults. */
  defaults(object: KubeObject): KubeObject;
  /** Drops what a creator may not set and sets what every new object has. */
  prepareForCreate(object: KubeObject): KubeObject;
  /** The object as an update of the main resource leaves it: status kept, generation counted. */
  prepareForUpdate(object: KubeObject, old: KubeObject): KubeObject;
  /** The object as an update of the status subresource leaves it. */
  prepareForStatusUpdate(object: KubeObject, old: KubeObject): KubeObject;
  validate(object: KubeObject): readonly FieldError[];
  validateUpdate(object: KubeObject, old: KubeObject, subresource: string): readonly FieldError[];
  warnings(object: KubeObject, old: KubeObject | undefined): readonly string[];
  /** Seconds of grace a deletion gives, or undefined if the kind knows no grace (rest.RESTGracefulDeleteStrategy). */
  gracePeriodSeconds(object: KubeObject, asked: number | undefined): number | undefined;
  /** What a deletion does to dependents when it does not say. */
  readonly defaultPropagation: 'Orphan' | 'Background';
  /** Whether a deletion is answered by the object itself instead of a Status. */
  readonly returnsDeleted: boolean;
  /** PUT of a name that does not exist creates it. */
  readonly allowsCreateOnUpdate: boolean;
  /** PUT without resourceVersion overwrites. */
  readonly allowsUnconditionalUpdate: boolean;
  /** The fields that a field selector may name beside metadata.name and metadata.namespace. */
  fields(object: KubeObject): Readonly<Record<string, string>>;
  readonly fieldNames: readonly string[];
  /** Fields by which watchers and lists are found. */
  readonly indexedFields: Readonly<Record<string, (object: KubeObject) => string>>;
}
