import { addProblems, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { equalValues } from '../equal.ts';
import { goShape, type Shapes } from '../go-shape.ts';
import { builtin, type Kind } from '../kind.ts';
import { isDns1123Subdomain, isPathSegmentName } from '../names.ts';
import { changeItems, withDefaults, withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { validateSelector } from '../validate-selector.ts';
import type { KindBehaviour, RowContext, TableRow } from '../behaviour.ts';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from 'kubernetes-types/rbac/v1';

/* Roles and their bindings (pkg/apis/rbac). Whether somebody may grant what he writes is for authorization to say. */

const GROUP = 'rbac.authorization.k8s.io';
const GROUP_VERSION = `${GROUP}/v1`;
const SHAPES: Shapes = { RoleRef: 'APIGroup Kind Name' };
const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group'];

type Binding = RoleBinding | ClusterRoleBinding;

const anyPathSegment = (name: string) => isPathSegmentName(name);

function validateRule(errors: FieldErrors, rule: PolicyRule, namespaced: boolean, at: string): void {
  const { nonResourceURLs = [], apiGroups = [], resources = [], resourceNames = [] } = rule;
  if (!rule.verbs?.length) errors.push(requiredField(`${at}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    if (namespaced)
      errors.push(invalidField(`${at}.nonResourceURLs`, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0) {
      errors.push(
        invalidField(`${at}.nonResourceURLs`, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'),
      );
    }
    return;
  }
  if (apiGroups.length === 0) errors.push(requiredField(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0) errors.push(requiredField(`${at}.resources`, 'resource rules must supply at least one resource'));
}

function validateRules(rules: readonly PolicyRule[] | null | undefined, namespaced: boolean): FieldErrors {
  const errors: FieldErrors = [];
  rules?.forEach((rule, i) => validateRule(errors, rule, namespaced, `rules[${i}]`));
  return errors;
}

function validateClusterRole(role: ClusterRole): FieldErrors {
  const errors = validateRules(role.rules, false);
  const selectors = role.aggregationRule?.clusterRoleSelectors;
  if (!role.aggregationRule) return errors;
  if (!selectors?.length)
    errors.push(
      requiredField('aggregationRule.clusterRoleSelectors', 'at least one clusterRoleSelector required if aggregationRule is non-nil'),
    );
  selectors?.forEach((selector, i) => validateSelector(errors, selector, `aggregationRule.clusterRoleSelectors[${i}]`));
  return errors;
}

function validateSubject(errors: FieldErrors, { kind, name, namespace, apiGroup = '' }: Subject, namespaced: boolean, at: string): void {
  if (!name) errors.push(requiredField(`${at}.name`));
  if (kind === 'ServiceAccount') {
    if (name) addProblems(errors, `${at}.name`, name, isDns1123Subdomain(name));
    if (apiGroup !== '') errors.push(unsupportedField(`${at}.apiGroup`, apiGroup, ['']));
    if (!namespaced && !namespace) errors.push(requiredField(`${at}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== GROUP) errors.push(unsupportedField(`${at}.apiGroup`, apiGroup, [GROUP]));
  } else errors.push(unsupportedField(`${at}.kind`, kind, SUBJECT_KINDS));
}

function validateBinding({ roleRef, subjects }: Binding, namespaced: boolean): FieldErrors {
  const errors: FieldErrors = [];
  const { apiGroup = '', kind = '', name = '' } = roleRef ?? {};
  if (apiGroup !== GROUP) errors.push(unsupportedField('roleRef.apiGroup', apiGroup, [GROUP]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(kind)) errors.push(unsupportedField('roleRef.kind', kind, kinds));
  if (name === '') errors.push(requiredField('roleRef.name'));
  else addProblems(errors, 'roleRef.name', name, isPathSegmentName(name));
  subjects?.forEach((subject, i) => validateSubject(errors, subject, namespaced, `subjects[${i}]`));
  return errors;
}

function validateBindingUpdate(binding: Binding, old: Binding, namespaced: boolean): FieldErrors {
  const errors = validateBinding(binding, namespaced);
  if (!equalValues(binding.roleRef, old.roleRef))
    errors.push(invalidField('roleRef', goShape(SHAPES, 'RoleRef', binding.roleRef), 'cannot change roleRef'));
  return errors;
}

function defaultSubject(subject: Subject): Subject {
  return subject.kind === 'User' || subject.kind === 'Group' ? withDefaults(subject, { apiGroup: GROUP }) : subject;
}

function defaultBinding<T extends Binding>(binding: T): T {
  const full = changeItems(binding as Binding, 'subjects', defaultSubject);
  return withField(full, 'roleRef', withDefaults(full.roleRef ?? {}, { apiGroup: GROUP })) as T;
}

function bindingRow(binding: Binding, context: RowContext): TableRow {
  const of = (kind: string) => (binding.subjects ?? []).filter((subject) => subject.kind === kind);
  const names = (subjects: readonly Subject[]) => subjects.map(({ name }) => name).join(', ');
  const accounts = of('ServiceAccount').map(({ name, namespace }) => (namespace ? `${namespace}/${name}` : name));
  return row(
    binding.metadata?.name ?? '',
    `${binding.roleRef.kind}/${binding.roleRef.name}`,
    ageOf(binding, context),
    names(of('User')),
    names(of('Group')),
    accounts.join(', '),
  );
}

/** Rules are written even if there are none. */
function withRules<T extends Role | ClusterRole>(role: T): T {
  return role.rules === undefined ? { ...role, rules: null as never } : role;
}

export const roleBehaviour: KindBehaviour<Role> = {
  kind: builtin<Role>(GROUP_VERSION, 'roles'),
  defaults: withRules,
  nameProblems: anyPathSegment,
  allowsCreateOnUpdate: true,
  validate: (role) => validateRules(role.rules, true),
};

export const clusterRoleBehaviour: KindBehaviour<ClusterRole> = {
  kind: builtin<ClusterRole>(GROUP_VERSION, 'clusterroles'),
  defaults: withRules,
  nameProblems: anyPathSegment,
  allowsCreateOnUpdate: true,
  validate: validateClusterRole,
};

function bindingBehaviour<T extends Binding>(kind: Kind<T>): KindBehaviour<T> {
  return {
    kind,
    defaults: defaultBinding,
    nameProblems: anyPathSegment,
    allowsCreateOnUpdate: true,
    validate: (binding) => validateBinding(binding, kind.namespaced),
    validateUpdate: (binding, old) => validateBindingUpdate(binding, old, kind.namespaced),
    row: bindingRow,
  };
}

export const roleBindingBehaviour = bindingBehaviour(builtin<RoleBinding>(GROUP_VERSION, 'rolebindings'));
export const clusterRoleBindingBehaviour = bindingBehaviour(builtin<ClusterRoleBinding>(GROUP_VERSION, 'clusterrolebindings'));
