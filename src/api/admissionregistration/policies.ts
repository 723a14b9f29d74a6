import { requiredField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { changeField, changeItems, withDefaults, withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { KubeObject } from '../object.ts';

/* Admission by expressions. Whether the expressions compile is for whoever evaluates them to say. */

const GROUP_VERSION = 'admissionregistration.k8s.io/v1';
const MATCH = { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent' };

type Match = Record<string, any>;

const defaultRule = (rule: Match) => withDefaults(rule, { scope: '*' });

function defaultMatch(given: Match): Match {
  const match = withDefaults(given, MATCH);
  return changeItems(changeItems(match, 'resourceRules', defaultRule as never), 'excludeResourceRules', defaultRule as never);
}

function defaultPolicy(policy: KubeObject): KubeObject {
  const spec = withDefaults(policy.spec ?? {}, { failurePolicy: 'Fail' });
  return withField(policy, 'spec', changeField(spec, 'matchConstraints' as never, defaultMatch as never));
}

function validatePolicy({ spec }: KubeObject): FieldErrors {
  const errors: FieldErrors = [];
  const { validations = [], auditAnnotations = [], matchConstraints } = spec ?? {};
  if (!matchConstraints) errors.push(requiredField('spec.matchConstraints'));
  else if (!matchConstraints.resourceRules?.length) errors.push(requiredField('spec.matchConstraints.resourceRules'));
  if (validations.length === 0 && auditAnnotations.length === 0) {
    errors.push(requiredField('spec.validations', 'validations or auditAnnotations must be set'));
    errors.push(requiredField('spec.auditAnnotations', 'validations or auditAnnotations must be set'));
  }
  validations.forEach(({ expression }: { expression?: string }, i: number) => {
    if (!expression?.trim()) errors.push(requiredField(`spec.validations[${i}].expression`, 'expression is not specified'));
  });
  return errors;
}

export const validatingAdmissionPolicyBehaviour: KindBehaviour = {
  kind: builtin(GROUP_VERSION, 'validatingadmissionpolicies'),
  defaults: defaultPolicy,
  counted: true,
  initialStatus: () => ({}),
  validate: validatePolicy,
  row: (policy, context) => {
    const { validations, paramKind } = policy.spec ?? {};
    const param = paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : '<unset>';
    return row(policy.metadata?.name ?? '', validations?.length ?? 0, param, ageOf(policy, context));
  },
};

function paramText({ paramRef }: { paramRef?: { namespace?: string; name?: string } }): string {
  if (!paramRef) return '<unset>';
  if (!paramRef.name) return paramRef.namespace ? `${paramRef.namespace}/*` : '*';
  return paramRef.namespace ? `${paramRef.namespace}/${paramRef.name}` : paramRef.name;
}

export const validatingAdmissionPolicyBindingBehaviour: KindBehaviour = {
  kind: builtin(GROUP_VERSION, 'validatingadmissionpolicybindings'),
  defaults: (binding) => withField(binding, 'spec', changeField(binding.spec ?? {}, 'matchResources' as never, defaultMatch as never)),
  counted: true,
  validate: ({ spec }) => {
    const errors: FieldErrors = [];
    if (!spec?.policyName) errors.push(requiredField('spec.policyName'));
    if (!spec?.validationActions?.length)
      errors.push(requiredField('spec.validationActions', 'at least one validation action is required'));
    return errors;
  },
  row: (binding, context) =>
    row(binding.metadata?.name ?? '', binding.spec?.policyName ?? '', paramText(binding.spec ?? {}), ageOf(binding, context)),
};
