import { equalValues } from '../equal.ts';
import { IMMUTABLE, invalidField, requiredField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { canonicalQuantity } from '../quantity.ts';
import { changeField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { validateAmount, validateResourceName } from './pod/validate-resources.ts';
import { isStandardQuotaResource } from './resource-names.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { ResourceQuota, ResourceQuotaSpec } from 'kubernetes-types/core/v1';

const SCOPES = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
]);
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
const POD_RESOURCES = new Set([
  'pods',
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
  'ephemeral-storage',
  'requests.ephemeral-storage',
  'limits.ephemeral-storage',
]);

type Amounts = Readonly<Record<string, string>>;

/** Whether a scope says anything of a resource. */
function scopeConcerns(scope: string, name: string): boolean {
  if (scope === 'BestEffort') return name === 'pods';
  if (scope === 'VolumeAttributesClass') return name === 'persistentvolumeclaims' || name === 'requests.storage';
  return POD_RESOURCES.has(name);
}

function validateScopes(errors: FieldErrors, { scopes, hard }: ResourceQuotaSpec): void {
  if (!scopes?.length) return;
  const field = 'spec.scopes';
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) errors.push(invalidField(field, scopes, 'unsupported scope'));
    for (const name of Object.keys(hard ?? {}).sort()) {
      if (isStandardQuotaResource(name) && SCOPES.has(scope) && !scopeConcerns(scope, name)) {
        errors.push(invalidField(field, scopes, 'unsupported scope applied to resource'));
      }
    }
  }
  for (const pair of CONFLICTS) {
    if (pair.every((scope) => scopes.includes(scope))) errors.push(invalidField(field, scopes, 'conflicting scopes'));
  }
}

function validateSelector(errors: FieldErrors, { scopeSelector }: ResourceQuotaSpec): void {
  const field = 'spec.scopeSelector.matchExpressions';
  scopeSelector?.matchExpressions?.forEach(({ scopeName, operator, values }) => {
    if (!SCOPES.has(scopeName)) errors.push(invalidField(`${field}.scopeName`, scopeName, 'unsupported scope'));
    if (operator === 'In' || operator === 'NotIn') {
      if (!values?.length)
        errors.push(requiredField(`${field}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values?.length)
        errors.push(
          invalidField(`${field}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"),
        );
    } else errors.push(invalidField(`${field}.operator`, operator, 'not a valid selector operator'));
  });
}

function validateAmounts(errors: FieldErrors, amounts: Amounts | undefined, field: string): void {
  for (const name of Object.keys(amounts ?? {}).sort()) {
    const at = `${field}[${name}]`;
    validateResourceName(errors, name, at);
    if (!name.includes('/') && !isStandardQuotaResource(name)) errors.push(invalidField(at, name, 'must be a standard resource for quota'));
    validateAmount(errors, name, amounts![name] as string, at);
  }
}

function validate({ spec }: ResourceQuota): FieldErrors {
  const errors: FieldErrors = [];
  validateAmounts(errors, spec?.hard as Amounts | undefined, 'spec.hard');
  validateScopes(errors, spec ?? {});
  validateSelector(errors, spec ?? {});
  return errors;
}

function validateUpdate(quota: ResourceQuota, old: ResourceQuota): FieldErrors {
  if (quota.spec === old.spec) return [];
  const errors = validate(quota);
  const scopes = quota.spec?.scopes;
  if (!equalValues([...(scopes ?? [])].sort(), [...(old.spec?.scopes ?? [])].sort()))
    errors.push(invalidField('spec.scopes', scopes ?? null, IMMUTABLE));
  return errors;
}

function canonical(amounts: Record<string, string>): Record<string, string> {
  let copy: Record<string, string> | undefined;
  for (const name in amounts) {
    const text = canonicalQuantity(amounts[name] as string);
    if (text !== amounts[name]) (copy ??= { ...amounts })[name] = text;
  }
  return copy ?? amounts;
}

/** `cpu: 1/2, pods: 3/10`, requests and limits apart. */
function usageTexts({ status }: ResourceQuota): [string, string] {
  const requests: string[] = [];
  const limits: string[] = [];
  for (const name of Object.keys(status?.hard ?? {}).sort()) {
    const text = `${name}: ${status?.used?.[name] ?? '0'}/${status?.hard?.[name]}`;
    (name.startsWith('limits') ? limits : requests).push(text);
  }
  return [requests.join(', '), limits.join(', ')];
}

export const resourceQuotaBehaviour: KindBehaviour<ResourceQuota> = {
  kind: builtin<ResourceQuota>('v1', 'resourcequotas'),
  defaults: (quota) => changeField(quota, 'spec', (spec) => changeField(spec, 'hard', canonical as never)),
  initialStatus: () => ({}),
  returnsDeleted: true,
  validate,
  validateUpdate,
  row: (quota, context) => row(quota.metadata?.name ?? '', ...usageTexts(quota), ageOf(quota, context)),
};
