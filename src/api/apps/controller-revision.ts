import { equalValues } from '../equal.ts';
import { checkNotNegative, invalidField, requiredField, type FieldErrors } from '../field-errors.ts';
import { groupResource } from '../kind.ts';
import { CONTROLLER_REVISIONS } from '../kinds.ts';
import { controllerOf } from '../object.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { ControllerRevision } from 'kubernetes-types/apps/v1';

/** `statefulset.apps/web`: a controller as Tables name it. */
function controllerText(revision: ControllerRevision): string {
  const controller = controllerOf(revision);
  if (!controller) return '<none>';
  const slash = controller.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : controller.apiVersion.slice(0, slash);
  return `${groupResource({ group, resource: controller.kind.toLowerCase() })}/${controller.name}`;
}

function validate(revision: ControllerRevision): FieldErrors {
  const errors: FieldErrors = [];
  if (revision.data === undefined || revision.data === null) errors.push(requiredField('data', 'data is mandatory'));
  checkNotNegative(errors, 'revision', revision.revision);
  return errors;
}

export const controllerRevisionBehaviour: KindBehaviour<ControllerRevision> = {
  kind: CONTROLLER_REVISIONS,
  validate,
  validateUpdate: (revision, old) => {
    const errors = validate(revision);
    if (!equalValues(revision.data, old.data)) errors.push(invalidField('data', revision.data, 'field is immutable'));
    return errors;
  },
  row: (revision, context) =>
    row(revision.metadata?.name ?? '', controllerText(revision), revision.revision ?? 0, ageOf(revision, context)),
};
