import { deepEqual } from '../../base/equal.ts';
import { equalValues } from '../equal.ts';
import { forbiddenField, IMMUTABLE, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { goShape, type Shapes } from '../go-shape.ts';
import { isDns1035Label, isDns1123Subdomain } from '../names.ts';
import {
  isConditionTrue,
  type CustomResourceDefinition,
  type DefinitionNames,
  type DefinitionSpec,
  type DefinitionVersion,
} from './definition-types.ts';
import { validateConversion } from './validate-conversion.ts';
import { columnErrors, selectableFieldErrors, subresourceErrors } from './validate-version.ts';
import { someSchema, type JsonSchema } from './json-schema.ts';
import { validateDefaults } from './validate-defaults.ts';
import { rootRules } from './validate-rules.ts';
import { validateSchema } from './validate-schema.ts';
import { validateStructural } from './validate-structural.ts';
import type { FieldError } from '../status.ts';

const SHAPES: Shapes = {
  Version: 'Name Served? Storage? Deprecated? DeprecationWarning* Schema* Subresources* AdditionalPrinterColumns* SelectableFields*',
};

/**
 * What all versions say alike counts as said once, of the definition: errors name the field that an
 * older version of the API had for it (apiextensions/v1 conversion.go).
 */
interface Hoisted {
  readonly versions: readonly DefinitionVersion[];
  readonly common: Pick<DefinitionVersion, 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields'>;
}

const HOISTED = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;

function hoist(versions: readonly DefinitionVersion[]): Hoisted {
  const common: Record<string, unknown> = {};
  const gone = new Set<string>();
  for (const field of HOISTED) {
    const [first] = versions;
    if (!first || !versions.every((version) => equalValues(version[field], first[field]))) continue;
    if (first[field] !== undefined) common[field] = first[field];
    gone.add(field);
  }
  const rest = versions.map(
    (version) => Object.fromEntries(Object.entries(version).filter(([field]) => !gone.has(field))) as unknown as DefinitionVersion,
  );
  return { versions: rest, common };
}

function showVersions(versions: readonly DefinitionVersion[]): unknown {
  return versions.map((version) => goShape(SHAPES, 'Version', version));
}

/** What is wrong with a definition, metadata but its name apart (ValidateCustomResourceDefinition). */
export function validateDefinition(definition: CustomResourceDefinition): FieldError[] {
  const errors: FieldErrors = [];
  const { names, group } = definition.spec;
  if (definition.metadata?.name !== `${names?.plural}.${group}`) {
    errors.push(invalidField('metadata.name', definition.metadata?.name ?? '', 'must be spec.names.plural+"."+spec.group'));
  }
  validateSpec(definition.spec, errors);
  validateStored(definition, errors);
  validateApproval(definition, undefined, errors);
  validatePreserving(definition, errors);
  return errors;
}

/** What is wrong with a changed definition. */
export function validateDefinitionUpdate(definition: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] {
  const errors: FieldErrors = [];
  const { spec } = definition;
  // What stands in the store already has been looked at.
  if (!deepEqual(spec, old.spec)) validateSpec(spec, errors);
  const immutable = (field: string, value: unknown, before: unknown): void => {
    if (value !== before) errors.push(invalidField(field, value ?? '', IMMUTABLE));
  };
  if (isConditionTrue(old, 'Established')) {
    immutable('spec.scope', spec.scope, old.spec.scope);
    immutable('spec.names.kind', spec.names.kind, old.spec.names.kind);
  }
  immutable('spec.group', spec.group, old.spec.group);
  immutable('spec.names.plural', spec.names.plural, old.spec.names.plural);
  validateStored(definition, errors);
  validateApproval(definition, old, errors);
  if (!old.spec.preserveUnknownFields) validatePreserving(definition, errors);
  return errors;
}

/** Names that a status may carry. */
export function validateDefinitionStatus(definition: CustomResourceDefinition): FieldError[] {
  const errors: FieldErrors = [];
  validateNames(definition.status?.acceptedNames, 'status.acceptedNames', errors);
  return errors;
}

function validateSpec(spec: DefinitionSpec, errors: FieldErrors): void {
  validateGroup(spec.group, errors);
  if (!spec.scope) errors.push(requiredField('spec.scope'));
  else if (spec.scope !== 'Cluster' && spec.scope !== 'Namespaced')
    errors.push(unsupportedField('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
  const given = spec.versions ?? [];
  const { versions, common } = hoist(given);
  if (!common.schema?.openAPIV3Schema) {
    versions.forEach((version, i) => {
      if (!version.schema?.openAPIV3Schema) errors.push(requiredField(`spec.versions[${i}].schema.openAPIV3Schema`));
    });
  }
  if (spec.preserveUnknownFields && given.some(({ schema }) => someSchema(schema?.openAPIV3Schema, (one) => one.default !== undefined))) {
    errors.push(invalidField('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema'));
  }
  versions.forEach((version, i) => validateVersion(version, given[i]!, `spec.versions[${i}]`, errors));
  validateVersions(spec.versions, versions, errors);
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const)
    if (!spec.names?.[name]) errors.push(requiredField(`spec.names.${name}`));
  validateNames(spec.names, 'spec.names', errors);
  const hasStatus = given.some(({ subresources }) => subresources?.status);
  if (common.schema?.openAPIV3Schema) validateRoot(common.schema.openAPIV3Schema, hasStatus, 'spec.validation.openAPIV3Schema', errors);
  subresourceErrors(common.subresources, 'spec.subresources', errors);
  columnErrors(common.additionalPrinterColumns, 'spec.additionalPrinterColumns', errors);
  if (common.selectableFields?.length) {
    if (common.schema) selectableFieldErrors(common.selectableFields, common.schema.openAPIV3Schema ?? {}, 'spec.selectableFields', errors);
    else errors.push(invalidField('spec.selectableFields', '', 'may only be set when validations.schema is included'));
  }
  validateConversion(spec.conversion, spec.preserveUnknownFields === true, errors);
}

function validateGroup(group: string, errors: FieldErrors): void {
  if (!group) {
    errors.push(requiredField('spec.group'));
    return;
  }
  const problems = isDns1123Subdomain(group);
  if (problems.length > 0) errors.push(invalidField('spec.group', group, problems.join(',')));
  else if (!group.includes('.')) errors.push(invalidField('spec.group', group, 'should be a domain with at least one dot'));
}

function labelError(errors: FieldErrors, field: string, value: string): void {
  const problems = isDns1035Label(value);
  if (problems.length > 0) errors.push(invalidField(field, value, problems.join(',')));
}

/** `version` is without what all versions have in common, `whole` with it. */
function validateVersion(version: DefinitionVersion, whole: DefinitionVersion, path: string, errors: FieldErrors): void {
  labelError(errors, `${path}.name`, version.name ?? '');
  for (const problem of deprecationProblems(version))
    errors.push(invalidField(`${path}.deprecationWarning`, version.deprecationWarning, problem));
  const schema = version.schema?.openAPIV3Schema;
  if (schema) validateRoot(schema, whole.subresources?.status !== undefined, `${path}.schema.openAPIV3Schema`, errors);
  subresourceErrors(version.subresources, `${path}.subresources`, errors);
  columnErrors(version.additionalPrinterColumns, `${path}.additionalPrinterColumns`, errors);
  if (!version.selectableFields?.length) return;
  if (schema) selectableFieldErrors(version.selectableFields, schema, `${path}.selectableFields`, errors);
  else errors.push(invalidField(`${path}.selectableFields`, '', 'may only be set when `version.schema.openAPIV3Schema` is not included'));
}

function deprecationProblems({ deprecated, deprecationWarning }: DefinitionVersion): string[] {
  if (deprecationWarning === undefined) return [];
  if (!deprecated) return ['can only be set for deprecated versions'];
  const problems: string[] = [];
  if (deprecationWarning.length > 256) problems.push('must be <= 256 characters long');
  if (deprecationWarning === '') problems.push('must not be an empty string');
  const odd = /[\p{C}\p{Zl}\p{Zp}]/u.exec(deprecationWarning);
  if (odd) problems.push(`must only contain printable UTF-8 characters; non-printable character found at index ${odd.index}`);
  return problems;
}

function validateVersions(
  given: readonly DefinitionVersion[] | null | undefined,
  versions: readonly DefinitionVersion[],
  errors: FieldErrors,
): void {
  const shown = given ? showVersions(versions) : null;
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    errors.push(invalidField('spec.versions', shown, 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(invalidField('spec.versions', shown, 'must have exactly one version marked as storage version'));
  const first = versions[0]?.name;
  if (first) labelError(errors, 'spec.version', first);
}

function validateNames(names: DefinitionNames | undefined, path: string, errors: FieldErrors): void {
  if (!names) return;
  for (const name of ['plural', 'singular'] as const) if (names[name]) labelError(errors, `${path}.${name}`, names[name]);
  for (const name of ['kind', 'listKind'] as const) {
    const problems = names[name] ? isDns1035Label(names[name].toLowerCase()) : [];
    if (problems.length > 0)
      errors.push(invalidField(`${path}.${name}`, names[name], `may have mixed case, but should otherwise match: ${problems.join(',')}`));
  }
  names.shortNames?.forEach((name, i) => labelError(errors, `${path}.shortNames[${i}]`, name));
  if (names.kind && names.kind === names.listKind)
    errors.push(invalidField(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'));
  names.categories?.forEach((name, i) => labelError(errors, `${path}.categories[${i}]`, name));
}

/** Fields of a schema that say nothing of a status of its own. */
const AT_ROOT = new Set([
  'description',
  'type',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'items',
  'properties',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
]);
const AT_ROOT_NAMES =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';

function validateRoot(schema: JsonSchema, hasStatus: boolean, path: string, errors: FieldErrors): void {
  const found: FieldErrors = [];
  if (hasStatus) {
    if (schema.type && schema.type !== 'object')
      found.push(
        invalidField(
          `${path}.type`,
          schema.type,
          'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
        ),
      );
    else if (
      Object.entries(schema).some(([field, value]) => !AT_ROOT.has(field) && value !== undefined && value !== false && value !== null)
    ) {
      found.push(
        invalidField(
          path,
          schema,
          `only [${AT_ROOT_NAMES}] fields are allowed at the root of the schema if the status subresource is enabled`,
        ),
      );
    }
  }
  if (schema.nullable) found.push(forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root'));
  // A schema that cannot be structural at all is told what is not supported in it, and only that.
  let sound = !someSchema(schema, isUnsupported);
  if (sound) {
    const structural = validateStructural(path, schema);
    if (structural.length === 0) validateDefaults(path, schema, structural);
    found.push(...structural);
    sound = structural.length === 0;
  }
  const rules = sound ? rootRules(schema) : undefined;
  const { schema: schemaErrors, rules: ruleErrors } = validateSchema(path, schema, rules);
  found.push(...schemaErrors, ...ruleErrors);
  if (rules) found.push(...rules.totalErrors(path));
  errors.push(...found);
}

function isUnsupported(schema: JsonSchema): boolean {
  return (
    Array.isArray(schema.items) ||
    Boolean(schema.id ?? schema.$ref) ||
    schema.additionalItems !== undefined ||
    [schema.patternProperties, schema.definitions, schema.dependencies].some((map) => map && Object.keys(map).length > 0) ||
    schema['x-kubernetes-preserve-unknown-fields'] === false
  );
}

function validateStored({ spec, status }: CustomResourceDefinition, errors: FieldErrors): void {
  const stored = status?.storedVersions ?? [];
  const path = 'status.storedVersions';
  validateNames(status?.acceptedNames, 'status.acceptedNames', errors);
  if (stored.length === 0) {
    errors.push(invalidField(path, null, 'must have at least one stored version'));
    return;
  }
  const versions = spec.versions ?? [];
  for (const { name, storage } of versions)
    if (storage && !stored.includes(name)) errors.push(invalidField(path, stored, `must have the storage version ${name}`));
  stored.forEach((name, i) => {
    if (versions.some((version) => version.name === name)) return;
    const detail = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalidField(`${path}[${i}]`, name, detail));
  });
}

const APPROVAL = 'api-approved.kubernetes.io';

type Approval = 'missing' | 'approved' | 'bypassed' | 'invalid';

function approvalOf(definition: CustomResourceDefinition): Approval {
  const text = definition.metadata?.annotations?.[APPROVAL];
  if (!text) return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^\s/]+/.test(text) ? 'approved' : 'invalid';
}

/** Groups of the community need a note of who approved them (apihelpers.IsProtectedCommunityGroup). */
function validateApproval(definition: CustomResourceDefinition, old: CustomResourceDefinition | undefined, errors: FieldErrors): void {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(definition.spec.group ?? '')) return;
  const approval = approvalOf(definition);
  if (old && approvalOf(old) === approval) return;
  const field = `metadata.annotations[${APPROVAL}]`;
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (approval === 'missing')
    errors.push(requiredField(field, `protected groups must have approval annotation ${JSON.stringify(APPROVAL)}, ${see}`));
  if (approval === 'invalid') {
    const detail = `protected groups must have approval annotation ${JSON.stringify(APPROVAL)} with either a URL or a reason starting with "unapproved", ${see}`;
    errors.push(invalidField(field, definition.metadata!.annotations![APPROVAL], detail));
  }
}

function validatePreserving({ spec }: CustomResourceDefinition, errors: FieldErrors): void {
  if (!spec.preserveUnknownFields) return;
  errors.push(
    invalidField(
      'spec.preserveUnknownFields',
      true,
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    ),
  );
}
