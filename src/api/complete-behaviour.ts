import { equalValues } from './equal.ts';
import { subdomainName, validateFinalizerName, validateMeta, validateMetaUpdate } from './object-meta.ts';
import { withField, withFieldOf, withoutField } from './share.ts';
import { columnsOf, plainRow } from './table.ts';
import type { Behaviour, KindBehaviour, Subresource, WriteContext } from './behaviour.ts';
import type { KubeObject } from './object.ts';
import type { FieldError } from './status.ts';

const NO_WARNINGS: readonly string[] = [];
const SPEC_ONLY = ['spec'] as const;
const NONE = {};

/** Fills the gaps of a kind's own behaviour with what holds of kinds in general. */
export function completeBehaviour<T extends KubeObject>(own: KindBehaviour<T>): Behaviour<T> {
  const { kind } = own;
  const hasStatus = 'status' in kind.subresources;
  return {
    kind,
    hasStatus,
    defaults: own.defaults ?? ((object) => object),
    prepareForCreate: (object, context) => prepareForCreate(own, hasStatus, object, context),
    prepareForUpdate: (object, old, subresource, context) => prepareForUpdate(own, hasStatus, object, old, subresource, context),
    validate: (object) => validate(own, object),
    validateUpdate: (object, old, subresource) => validateUpdate(own, object, old, subresource),
    warnings: own.warnings ?? (() => NO_WARNINGS),
    selectableFields: own.selectableFields ?? {},
    indexedFields: own.indexedFields ?? [],
    gracePeriodSeconds: own.gracePeriodSeconds ?? (() => undefined),
    defaultPropagation: own.defaultPropagation ?? 'Background',
    returnsDeleted: own.returnsDeleted ?? false,
    allowsCreateOnUpdate: own.allowsCreateOnUpdate ?? false,
    allowsUnconditionalUpdate: own.allowsUnconditionalUpdate ?? true,
    columns: columnsOf(kind),
    row: own.row ?? plainRow,
  };
}

function prepareForCreate<T extends KubeObject>(own: KindBehaviour<T>, hasStatus: boolean, given: T, context: WriteContext): T {
  let object = given;
  if (own.initialStatus) object = { ...object, status: own.initialStatus(object, context) };
  else if (hasStatus) object = withoutField(object, 'status');
  if (own.counted) {
    if (object.metadata?.generation !== 1) {
      const metadata = { ...object.metadata, generation: 1 };
      // What was just made may still be changed.
      if (object === given) object = { ...object, metadata };
      else object.metadata = metadata;
    }
  } else if (object.metadata?.generation !== undefined) object = { ...object, metadata: withoutField(object.metadata, 'generation') };
  return own.prepareForCreate ? own.prepareForCreate(object, context) : object;
}

function prepareForUpdate<T extends KubeObject>(
  own: KindBehaviour<T>,
  hasStatus: boolean,
  given: T,
  old: T,
  subresource: Subresource,
  context: WriteContext,
): T {
  if (subresource === 'status') {
    const changed = { ...old, metadata: statusMeta(given, old), status: given.status };
    if (changed.status === undefined) delete changed.status;
    return own.prepareForStatusUpdate ? own.prepareForStatusUpdate(changed, old, context) : changed;
  }
  if (subresource !== '') {
    const changed = own.prepareForSubresource ? own.prepareForSubresource(given, old, subresource, context) : given;
    return counted(own, changed, old);
  }
  let object = hasStatus ? withFieldOf(given, 'status', old) : given;
  if (own.prepareForUpdate) object = own.prepareForUpdate(object, old, context);
  return counted(own, object, old);
}

/** Labels, annotations, finalizers and owners may change along with a status; the generation never. */
function statusMeta(given: KubeObject, old: KubeObject): KubeObject['metadata'] {
  const metadata = given.metadata ?? {};
  return old.metadata && metadata.generation !== old.metadata.generation ? withFieldOf(metadata, 'generation', old.metadata) : metadata;
}

/** The generation grows by one when what it counts changes. */
function counted<T extends KubeObject>(own: KindBehaviour<T>, object: T, old: T): T {
  if (!own.counted) return object;
  const before = old.metadata?.generation ?? 0;
  const changed =
    (own.countedFields ?? SPEC_ONLY).some((field) => !equalValues(object[field], old[field])) ||
    (own.countsMetadata !== undefined &&
      !equalValues(object.metadata?.[own.countsMetadata] ?? NONE, old.metadata?.[own.countsMetadata] ?? NONE));
  const generation = changed ? before + 1 : old.metadata?.generation;
  if (object.metadata?.generation === generation || generation === undefined) return object;
  return { ...object, metadata: withField(object.metadata ?? {}, 'generation', generation) };
}

/** Groups of other servers within the API server, which take finalizers of any name. */
const FREE_FINALIZERS = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io', 'admissionregistration.k8s.io']);

function validateFinalizers(errors: FieldError[], { kind }: KindBehaviour, finalizers: readonly string[] | undefined): void {
  if (!finalizers || FREE_FINALIZERS.has(kind.group)) return;
  finalizers.forEach((finalizer, i) => validateFinalizerName(errors, finalizer, `metadata.finalizers[${i}]`));
}

function validate<T extends KubeObject>(own: KindBehaviour<T>, object: T): FieldError[] {
  const errors: FieldError[] = [];
  validateMeta(errors, object.metadata ?? {}, own.kind.namespaced, own.nameProblems ?? subdomainName);
  validateFinalizers(errors, own, object.metadata?.finalizers);
  if (own.validate) errors.push(...own.validate(object));
  return errors;
}

function validateUpdate<T extends KubeObject>(own: KindBehaviour<T>, object: T, old: T, subresource: Subresource): FieldError[] {
  const errors: FieldError[] = [];
  validateMetaUpdate(errors, object.metadata ?? {}, old.metadata ?? {});
  const { finalizers } = object.metadata ?? {};
  if (finalizers && !equalValues(finalizers, old.metadata?.finalizers)) validateFinalizers(errors, own, finalizers);
  if (subresource === 'status') {
    if (own.validateStatusUpdate) errors.push(...own.validateStatusUpdate(object, old));
  } else if (subresource !== '' && own.validateSubresource) errors.push(...own.validateSubresource(object, old, subresource));
  else if (own.validateUpdate) errors.push(...own.validateUpdate(object, old));
  else if (own.validate) errors.push(...own.validate(object));
  return errors;
}
