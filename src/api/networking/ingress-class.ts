import { addProblems, invalidField, IMMUTABLE, requiredField, tooLongField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { isDns1123Label, isPathSegmentName } from '../names.ts';
import { changeField, withDefaults } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { IngressClass } from 'kubernetes-types/networking/v1';

const CONTROLLER_LIMIT_BYTES = 250;

function validate({ spec }: IngressClass): FieldErrors {
  const errors: FieldErrors = [];
  const controller = spec?.controller ?? '';
  if (controller.length > CONTROLLER_LIMIT_BYTES) errors.push(tooLongField('spec.controller', CONTROLLER_LIMIT_BYTES));
  if (controller !== '' && !/^[^/]+\/.+$/.test(controller)) {
    errors.push(invalidField('spec.controller', controller, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  }
  if (controller === '') errors.push(requiredField('spec.controller', ''));
  const parameters = spec?.parameters;
  if (!parameters) return errors;
  const at = 'spec.parameters';
  for (const part of ['kind', 'name'] as const) {
    if (!parameters[part]) errors.push(requiredField(`${at}.${part}`));
    else addProblems(errors, `${at}.${part}`, parameters[part], isPathSegmentName(parameters[part]));
  }
  const { scope, namespace } = parameters;
  if (scope === undefined) errors.push(requiredField(`${at}.scope`));
  else if (scope !== 'Cluster' && scope !== 'Namespace') errors.push(unsupportedField(`${at}.scope`, scope, ['Cluster', 'Namespace']));
  if (scope === 'Namespace' && !namespace) errors.push(requiredField(`${at}.namespace`, '`parameters.scope` is set to `Namespace`'));
  else if (namespace) addProblems(errors, `${at}.namespace`, namespace, isDns1123Label(namespace));
  return errors;
}

function parametersText({ spec }: IngressClass): string {
  const parameters = spec?.parameters;
  if (!parameters) return '<none>';
  return parameters.apiGroup ? `${parameters.kind}.${parameters.apiGroup}/${parameters.name}` : `${parameters.kind}/${parameters.name}`;
}

export const ingressClassBehaviour: KindBehaviour<IngressClass> = {
  kind: builtin<IngressClass>('networking.k8s.io/v1', 'ingressclasses'),
  defaults: (item) =>
    changeField(item, 'spec', (spec) => changeField(spec, 'parameters', (parameters) => withDefaults(parameters, { scope: 'Cluster' }))),
  counted: true,
  validate,
  validateUpdate: (item, old) =>
    item.spec?.controller === old.spec?.controller ? [] : [invalidField('spec.controller', item.spec?.controller ?? '', IMMUTABLE)],
  row: (item, context) => row(item.metadata?.name ?? '', item.spec?.controller ?? '', parametersText(item), ageOf(item, context)),
};
