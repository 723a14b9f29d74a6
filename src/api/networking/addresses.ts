import { addProblems, requiredField, invalidField, IMMUTABLE, type FieldErrors } from '../field-errors.ts';
import { equalValues } from '../equal.ts';
import { builtin } from '../kind.ts';
import { isCidr, isIP } from '../names.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { KubeObject } from '../object.ts';

/* Addresses of services and the ranges they come from. */

interface ParentReference {
  readonly group?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

function parentText(parent: ParentReference | undefined): string {
  if (!parent) return '<none>';
  const resource = parent.group ? `${parent.resource}.${parent.group}` : (parent.resource ?? '');
  return parent.namespace ? `${resource}/${parent.namespace}/${parent.name}` : `${resource}/${parent.name}`;
}

function validateAddress({ spec }: KubeObject): FieldErrors {
  const errors: FieldErrors = [];
  const parent = spec?.parentRef as ParentReference | undefined;
  if (!parent) return [requiredField('spec.parentRef')];
  if (!parent.resource) errors.push(requiredField('spec.parentRef.resource'));
  if (!parent.name) errors.push(requiredField('spec.parentRef.name'));
  return errors;
}

export const ipAddressBehaviour: KindBehaviour = {
  kind: builtin('networking.k8s.io/v1', 'ipaddresses'),
  nameProblems: (name) => isIP(name),
  validate: validateAddress,
  validateUpdate: (address, old) =>
    equalValues(address.spec?.parentRef, old.spec?.parentRef)
      ? []
      : [invalidField('spec.parentRef', address.spec?.parentRef ?? null, IMMUTABLE)],
  selectableFields: {
    'spec.parentRef.name': ({ spec }) => spec?.parentRef?.name ?? '',
    'spec.parentRef.namespace': ({ spec }) => spec?.parentRef?.namespace ?? '',
    'spec.parentRef.resource': ({ spec }) => spec?.parentRef?.resource ?? '',
    'spec.parentRef.group': ({ spec }) => spec?.parentRef?.group ?? '',
  },
  row: (address) => row(address.metadata?.name ?? '', parentText(address.spec?.parentRef)),
};

function validateRange({ spec }: KubeObject): FieldErrors {
  const errors: FieldErrors = [];
  const ranges = (spec?.cidrs ?? []) as string[];
  if (ranges.length === 0) return [requiredField('spec.cidrs', 'at least one CIDR required')];
  if (ranges.length > 2) return [invalidField('spec.cidrs', spec, 'may only hold up to 2 values')];
  ranges.forEach((range, i) => addProblems(errors, `spec.cidrs[${i}]`, range, isCidr(range)));
  if (errors.length === 0 && ranges.length === 2 && ranges.filter((range) => range.includes(':')).length !== 1) {
    errors.push(
      invalidField('spec.cidrs', ranges, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'),
    );
  }
  return errors;
}

export const serviceCidrBehaviour: KindBehaviour = {
  kind: builtin('networking.k8s.io/v1', 'servicecidrs'),
  initialStatus: () => ({}),
  validate: validateRange,
  validateUpdate: (range, old) =>
    equalValues(range.spec?.cidrs, old.spec?.cidrs) ? [] : [invalidField('spec.cidrs', range.spec?.cidrs ?? null, IMMUTABLE)],
  row: (range, context) => row(range.metadata?.name ?? '', ((range.spec?.cidrs ?? []) as string[]).join(','), ageOf(range, context)),
};
