import { builtin } from '../kind.ts';
import { formatLabels } from '../labels.ts';
import { withField } from '../share.ts';
import { containerCells, row } from '../table.ts';
import { defaultTemplate } from './pod/pod-defaults.ts';
import { templateWarnings } from './pod/pod-warnings.ts';
import { validateTemplate } from './pod/validate-pod-spec.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { FieldErrors } from '../field-errors.ts';
import type { PodTemplate } from 'kubernetes-types/core/v1';

function validate({ template }: PodTemplate): FieldErrors {
  const errors: FieldErrors = [];
  validateTemplate(errors, template ?? {}, 'template');
  return errors;
}

export const podTemplateBehaviour: KindBehaviour<PodTemplate> = {
  kind: builtin<PodTemplate>('v1', 'podtemplates'),
  defaults: (template) => withField(template, 'template', defaultTemplate(template.template)),
  counted: true,
  countedFields: ['template'],
  validate,
  returnsDeleted: true,
  warnings: (template, old) => templateWarnings(template.template, old?.template, 'template'),
  row: (template) =>
    row(template.metadata?.name ?? '', ...containerCells(template.template?.spec), formatLabels(template.template?.metadata?.labels)),
};
