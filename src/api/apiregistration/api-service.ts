import { invalidField, requiredField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { changeField, withDefaults } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { KubeObject } from '../object.ts';

function validate({ metadata, spec }: KubeObject): FieldErrors {
  const errors: FieldErrors = [];
  const { group = '', version = '', groupPriorityMinimum: minimum, versionPriority, service } = spec ?? {};
  const wanted = `${version}.${group}`;
  if (metadata?.name !== wanted)
    errors.push(invalidField('metadata.name', metadata?.name ?? '', `must be \`spec.version+"."+spec.group\`: "${wanted}"`));
  if (version === '') errors.push(requiredField('spec.version'));
  if (!(minimum > 0 && minimum <= 20_000))
    errors.push(invalidField('spec.groupPriorityMinimum', minimum ?? 0, 'must be positive and less than 20000'));
  if (!(versionPriority > 0 && versionPriority <= 1000))
    errors.push(invalidField('spec.versionPriority', versionPriority ?? 0, 'must be positive and less than 1000'));
  if (service && !service.namespace) errors.push(requiredField('spec.service.namespace'));
  if (service && !service.name) errors.push(requiredField('spec.service.name'));
  return errors;
}

/** `True`, or `False (reason)`. */
function availableText({ status }: KubeObject): string {
  const condition = status?.conditions?.find(({ type }: { type: string }) => type === 'Available');
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason})`;
}

export const apiServiceBehaviour: KindBehaviour = {
  kind: builtin('apiregistration.k8s.io/v1', 'apiservices'),
  defaults: (item) =>
    changeField(item, 'spec', (spec) =>
      changeField(spec, 'service', (service: Record<string, unknown>) => withDefaults(service, { port: 443 })),
    ),
  nameProblems: () => [],
  initialStatus: () => ({}),
  validate,
  row: (item, context) => {
    const service = item.spec?.service;
    return row(
      item.metadata?.name ?? '',
      service ? `${service.namespace}/${service.name}` : 'Local',
      availableText(item),
      ageOf(item, context),
    );
  },
};
