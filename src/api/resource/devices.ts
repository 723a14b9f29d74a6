import { equalValues } from '../equal.ts';
import { addProblems, duplicateField, IMMUTABLE, invalidField, requiredField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { isDns1123Label, isDns1123Subdomain } from '../names.ts';
import { changeField, changeItems, withDefaults } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { KubeObject } from '../object.ts';

/* Devices, classes of devices, and claims to devices (resource.k8s.io). */

const GROUP_VERSION = 'resource.k8s.io/v1';

type Json = Record<string, any>;

function defaultRequest(request: Json): Json {
  const fill = (part: Json) => {
    const mode = withDefaults(part, { allocationMode: 'ExactCount' });
    return mode['allocationMode'] === 'ExactCount' ? withDefaults(mode, { count: 1 }) : mode;
  };
  return changeItems(changeField(request, 'exactly', fill as never), 'firstAvailable', fill as never);
}

const defaultClaimSpec = (spec: Json): Json =>
  changeField(spec, 'devices', ((devices: Json) => changeItems(devices, 'requests', defaultRequest as never)) as never);

function validateClaimSpec(spec: Json | undefined, field: string): FieldErrors {
  const errors: FieldErrors = [];
  const names = new Set<string>();
  ((spec?.['devices']?.requests ?? []) as Json[]).forEach((request, i) => {
    const at = `${field}.devices.requests[${i}]`;
    const name = request['name'] ?? '';
    addProblems(errors, `${at}.name`, name, isDns1123Label(name));
    if (names.has(name)) errors.push(duplicateField(`${at}.name`, name));
    names.add(name);
    if (!request['exactly'] && !request['firstAvailable']?.length) {
      errors.push(requiredField(at, 'exactly one of `exactly` or `firstAvailable` is required'));
    } else if (request['exactly'] && !request['exactly'].deviceClassName) errors.push(requiredField(`${at}.exactly.deviceClassName`));
  });
  return errors;
}

/** `allocated,reserved`, `pending`: what Tables show of a claim. */
function stateText({ metadata, status }: KubeObject): string {
  const states: string[] = [];
  if (metadata?.deletionTimestamp) states.push('deleted');
  if (status?.allocation) states.push('allocated');
  if (status?.reservedFor?.length) states.push('reserved');
  return states.length === 0 || (states.length === 1 && states[0] === 'deleted') ? [...states, 'pending'].join(',') : states.join(',');
}

const fixedSpec = (object: KubeObject, old: KubeObject): FieldErrors =>
  object.spec === old.spec || equalValues(object.spec, old.spec) ? [] : [invalidField('spec', object.spec, IMMUTABLE)];

export const deviceClassBehaviour: KindBehaviour = {
  kind: builtin(GROUP_VERSION, 'deviceclasses'),
  counted: true,
  returnsDeleted: true,
  row: (item, context) => row(item.metadata?.name ?? '', ageOf(item, context)),
};

export const resourceClaimBehaviour: KindBehaviour = {
  kind: builtin(GROUP_VERSION, 'resourceclaims'),
  defaults: (claim) => changeField(claim, 'spec', defaultClaimSpec),
  initialStatus: () => ({}),
  returnsDeleted: true,
  validate: ({ spec }) => validateClaimSpec(spec, 'spec'),
  validateUpdate: fixedSpec,
  row: (claim, context) => row(claim.metadata?.name ?? '', stateText(claim), ageOf(claim, context)),
};

export const resourceClaimTemplateBehaviour: KindBehaviour = {
  kind: builtin(GROUP_VERSION, 'resourceclaimtemplates'),
  defaults: (template) =>
    changeField(template, 'spec', (spec) => changeField(withDefaults(spec, { metadata: {} }), 'spec', defaultClaimSpec as never)),
  returnsDeleted: true,
  validate: ({ spec }) => validateClaimSpec(spec?.spec, 'spec.spec'),
  validateUpdate: fixedSpec,
  row: (template, context) => row(template.metadata?.name ?? '', ageOf(template, context)),
};

export const resourceSliceBehaviour: KindBehaviour = {
  kind: builtin(GROUP_VERSION, 'resourceslices'),
  defaults: (slice) => changeField(slice, 'spec', (spec) => (spec.devices === undefined ? { ...spec, devices: null } : spec)),
  counted: true,
  returnsDeleted: true,
  validate: ({ spec }) => {
    const errors: FieldErrors = [];
    const driver = spec?.driver ?? '';
    if (driver === '') errors.push(requiredField('spec.driver'));
    else addProblems(errors, 'spec.driver', driver, isDns1123Subdomain(driver));
    if (!spec?.pool?.name) errors.push(requiredField('spec.pool.name'));
    return errors;
  },
  selectableFields: { 'spec.nodeName': ({ spec }) => spec?.nodeName ?? '', 'spec.driver': ({ spec }) => spec?.driver ?? '' },
  row: (slice, context) => {
    const { nodeName, driver = '', pool } = slice.spec ?? {};
    return row(slice.metadata?.name ?? '', nodeName || '<unset>', driver, pool?.name ?? '', ageOf(slice, context));
  },
};
