import { NAMESPACES } from '../kinds.ts';
import { invalidField, type FieldErrors } from '../field-errors.ts';
import { labelName, validateFinalizerName } from '../object-meta.ts';
import { withFieldOf } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Namespace } from 'kubernetes-types/core/v1';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const FINALIZER = 'kubernetes';

/** Every namespace bears its name as a label, so that selectors can choose by it. */
function defaults(namespace: Namespace): Namespace {
  const { metadata } = namespace;
  const next = namespace.spec ? namespace : { ...namespace, spec: {} };
  if (!metadata?.name || metadata.labels?.[NAME_LABEL] === metadata.name) return next;
  return { ...next, metadata: { ...metadata, labels: { ...metadata.labels, [NAME_LABEL]: metadata.name } } };
}

function prepareForCreate(namespace: Namespace): Namespace {
  const named = defaults(namespace);
  const finalizers = named.spec?.finalizers ?? [];
  return finalizers.includes(FINALIZER) ? named : { ...named, spec: { ...named.spec, finalizers: [...finalizers, FINALIZER] } };
}

function validateFinalizers(namespace: Namespace, indexed: boolean): FieldErrors {
  const errors: FieldErrors = [];
  namespace.spec?.finalizers?.forEach((finalizer, i) =>
    validateFinalizerName(errors, finalizer, indexed ? `spec.finalizers[${i}]` : 'spec.finalizers'),
  );
  return errors;
}

function validateStatusUpdate(namespace: Namespace): FieldErrors {
  const phase = namespace.status?.phase ?? '';
  const wanted = namespace.metadata?.deletionTimestamp ? 'Terminating' : 'Active';
  if (phase === wanted) return [];
  const when = wanted === 'Active' ? '`deletionTimestamp` is empty' : '`deletionTimestamp` is not empty';
  return [invalidField('status.Phase', phase, `may only be '${wanted}' if ${when}`)];
}

export const namespaceBehaviour: KindBehaviour<Namespace> = {
  kind: NAMESPACES,
  defaults,
  initialStatus: () => ({ phase: 'Active' }),
  prepareForCreate,
  // Only the finalize subresource changes the finalizers of the spec.
  prepareForUpdate: (namespace, old) => withFieldOf(namespace, 'spec', old),
  prepareForSubresource: (namespace, old) => withFieldOf(namespace, 'status', old),
  nameProblems: labelName,
  validate: (namespace) => validateFinalizers(namespace, false),
  validateUpdate: () => [],
  validateStatusUpdate,
  validateSubresource: (namespace) => validateFinalizers(namespace, true),
  selectableFields: {
    'status.phase': ({ status }) => status?.phase ?? '',
    name: ({ metadata }) => metadata?.name ?? '',
  },
  returnsDeleted: true,
  row: (namespace, context) => row(namespace.metadata?.name ?? '', namespace.status?.phase ?? '', ageOf(namespace, context)),
};
