import { forbiddenField, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { isFieldPath } from './field-path.ts';
import { validateRules, type RuleContext } from './validate-rules.ts';
import { additionalSchema, itemSchema, META_FIELDS, propertyNames, propertySchema, type JsonSchema } from './json-schema.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** What holds of a schema because of where it stands. */
interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** Why defaults may not be set here. */
  readonly noDefaults: string | undefined;
  readonly insideMeta: boolean;
  /** The schema around this one whose parts cannot be told apart across updates: rules may not use oldSelf below it. */
  readonly uncorrelatable: string | undefined;
  /** Undefined where rules are not looked at. */
  readonly rules: RuleContext | undefined;
}

/** Errors of schemas and errors of rules: rules wait until the schema they stand in is right. */
export interface SchemaErrors {
  readonly schema: FieldErrors;
  readonly rules: FieldErrors;
}

/**
 * What a custom resource's schema may not say beyond being structural
 * (ValidateCustomResourceDefinitionOpenAPISchema).
 */
export function validateSchema(path: string, schema: JsonSchema, rules: RuleContext | undefined): SchemaErrors {
  return visit(schema, { path, isRoot: true, noDefaults: undefined, insideMeta: false, uncorrelatable: undefined, rules });
}

function visit(schema: JsonSchema, place: Place): SchemaErrors {
  const errors: SchemaErrors = { schema: [], rules: [] };
  unsupported(schema, place, errors.schema);
  if (schema.uniqueItems)
    errors.schema.push(
      forbiddenField(`${place.path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'),
    );
  visitFields(schema, place, errors);
  visitJunctors(schema, place, errors);
  visitItems(schema, place, errors);
  mapsAndLists(schema, place.path, errors.schema);
  mapKeys(schema, place.path, errors.schema);
  ruleTexts(schema, place.path, errors.schema);
  if (errors.schema.length === 0 && place.rules && schema['x-kubernetes-validations']?.length) {
    errors.rules.push(...validateRules(place.path, schema, place.rules, place.uncorrelatable));
  }
  return errors;
}

function inner(schema: JsonSchema | undefined, place: Place, errors: SchemaErrors): void {
  if (!schema) return;
  const found = visit(schema, place);
  errors.schema.push(...found.schema);
  errors.rules.push(...found.rules);
}

function unsupported(schema: JsonSchema, { path, noDefaults }: Place, errors: FieldErrors): void {
  if (schema.type && !TYPES.includes(schema.type)) errors.push(unsupportedField(`${path}.type`, schema.type, TYPES));
  if (schema.default !== undefined && noDefaults !== undefined)
    errors.push(forbiddenField(`${path}.default`, `must not be set${noDefaults && ` ${noDefaults}`}`));
  for (const field of ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const) {
    const value = schema[field];
    if (value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)) continue;
    errors.push(forbiddenField(`${path}.${field}`, `${field} is not supported`));
  }
  if (schema.type === 'null') errors.push(forbiddenField(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema.items) && schema.items.length > 0)
    errors.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'));
}

function visitFields(schema: JsonSchema, place: Place, errors: SchemaErrors): void {
  const { path, isRoot, rules } = place;
  const additional = additionalSchema(schema);
  const names = propertyNames(schema);
  if (schema.additionalProperties !== undefined) {
    if (names.length > 0 && schema.additionalProperties !== true) {
      errors.schema.push(forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
    }
    const noDefaults = place.insideMeta ? 'inside additionalProperties applying to object metadata' : place.noDefaults;
    inner(
      additional,
      { ...place, path: `${path}.additionalProperties`, isRoot: false, noDefaults, rules: rules?.ofValues(schema) },
      errors,
    );
  }
  if (place.insideMeta && schema['x-kubernetes-embedded-resource']) {
    errors.schema.push(forbiddenField(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'));
  }
  const uncorrelatable = place.uncorrelatable ?? (schema['x-kubernetes-map-type'] === 'atomic' ? path : undefined);
  for (const name of names) {
    const isMeta = (isRoot || schema['x-kubernetes-embedded-resource'] === true) && META_FIELDS.has(name);
    inner(
      schema.properties![name],
      {
        path: `${path}.properties[${name}]`,
        isRoot: false,
        noDefaults: isMeta && isRoot ? `in top-level ${name}` : place.noDefaults,
        insideMeta: place.insideMeta || isMeta,
        uncorrelatable,
        rules: rules?.ofProperty(),
      },
      errors,
    );
  }
}

function visitJunctors(schema: JsonSchema, place: Place, errors: SchemaErrors): void {
  const at = (path: string): Place => ({ ...place, path: `${place.path}.${path}`, isRoot: false, rules: undefined });
  inner(schema.not, at('not'), errors);
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const)
    schema[junctor]?.forEach((one, i) => inner(one, at(`${junctor}[${i}]`), errors));
  for (const [name, one] of Object.entries(schema.definitions ?? {})) inner(one, at(`definitions[${name}]`), errors);
}

function visitItems(schema: JsonSchema, place: Place, errors: SchemaErrors): void {
  if (!schema.items) return;
  const uncorrelatable = place.uncorrelatable ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : place.path);
  const below: Place = { ...place, isRoot: false, uncorrelatable, rules: place.rules?.ofItems(schema) };
  if (Array.isArray(schema.items))
    (schema.items as JsonSchema[]).forEach((one, i) => inner(one, { ...below, path: `${place.path}.items[${i}]` }, errors));
  else inner(schema.items as JsonSchema, { ...below, path: `${place.path}.items` }, errors);
}

function mapsAndLists(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(invalidField(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType !== undefined) {
    if (schema.type !== 'object') errors.push(wrongType(path, schema.type, 'must be object if x-kubernetes-map-type is specified'));
    if (mapType !== 'atomic' && mapType !== 'granular')
      errors.push(unsupportedField(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  }
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== undefined && schema.type !== 'array')
    errors.push(wrongType(path, schema.type, 'must be array if x-kubernetes-list-type is specified'));
  else if (listType === 'set') atomicItems(schema, path, errors);
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType))
    errors.push(unsupportedField(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
}

function wrongType(path: string, type: string | undefined, detail: string) {
  return type ? invalidField(`${path}.type`, type, detail) : requiredField(`${path}.type`, detail);
}

function atomicItems(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const items = itemSchema(schema);
  if (!items) return;
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items['x-kubernetes-list-type'];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic')
    errors.push(invalidField(`${path}.items.x-kubernetes-list-type`, listType, detail));
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    errors.push(invalidField(`${path}.items.x-kubernetes-map-type`, listType, detail));
}

function mapKeys(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (keys.length > 0 && listType !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(
      listType === undefined
        ? requiredField(`${path}.x-kubernetes-list-type`, detail)
        : invalidField(`${path}.x-kubernetes-list-type`, listType, detail),
    );
  }
  const items = itemSchema(schema);
  if (listType === 'map') {
    if (keys.length === 0)
      errors.push(requiredField(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
    if (!schema.items) errors.push(requiredField(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'));
    if (items && items.type !== 'object')
      errors.push(invalidField(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map"));
    else if (items) namedKeys(items, keys, path, errors);
  }
  if (!items || (listType !== 'set' && listType !== 'map')) return;
  if (items.nullable)
    errors.push(forbiddenField(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType === 'map') requiredKeys(items, keys, path, errors);
}

function namedKeys(items: JsonSchema, keys: readonly string[], path: string, errors: FieldErrors): void {
  keys.forEach((key, i) => {
    const property = propertySchema(items, key);
    if (!property) errors.push(invalidField(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') {
      errors.push(
        invalidField(
          `${path}.items.properties[${key}].type`,
          items.type,
          "must be a scalar type if parent array's x-kubernetes-list-type is map",
        ),
      );
    }
    if (keys.indexOf(key) < i) errors.push(invalidField(`${path}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries'));
  });
}

function requiredKeys(items: JsonSchema, keys: readonly string[], path: string, errors: FieldErrors): void {
  for (const key of keys) {
    const property = propertySchema(items, key);
    if (!property) continue;
    const at = `${path}.items.properties[${key}]`;
    if (!items.required?.includes(key) && property.default === undefined) {
      errors.push(
        requiredField(
          `${at}.default`,
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      );
    }
    if (property.nullable)
      errors.push(forbiddenField(`${at}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'));
  }
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** What can be said of rules without reading them as expressions. */
function ruleTexts(schema: JsonSchema, path: string, errors: FieldErrors): void {
  schema['x-kubernetes-validations']?.forEach((rule, i) => {
    const at = `${path}.x-kubernetes-validations[${i}]`;
    const { message = '', messageExpression = '', fieldPath = '', reason } = rule;
    const text = (rule.rule ?? '').trim();
    if (text === '') errors.push(requiredField(`${at}.rule`, 'rule is not specified'));
    else if (message !== '' && message.trim() === '') errors.push(invalidField(`${at}.message`, message, 'must be non-empty if specified'));
    else if (hasLineBreak(message.trim())) errors.push(invalidField(`${at}.message`, message, 'must not contain line breaks'));
    else if (hasLineBreak(text) && message.trim() === '')
      errors.push(requiredField(`${at}.message`, 'message must be specified if rule contains line breaks'));
    if (messageExpression !== '' && messageExpression.trim() === '')
      errors.push(requiredField(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'));
    if (reason !== undefined && !REASONS.includes(reason)) errors.push(unsupportedField(`${at}.reason`, reason, REASONS));
    if (fieldPath === '') return;
    if (fieldPath.trim() === '') errors.push(invalidField(`${at}.fieldPath`, fieldPath, 'must be non-empty if specified'));
    if (hasLineBreak(fieldPath)) errors.push(invalidField(`${at}.fieldPath`, fieldPath, 'must not contain line breaks'));
    if (!isFieldPath(fieldPath, schema)) errors.push(invalidField(`${at}.fieldPath`, fieldPath, 'must be a valid path'));
  });
}

function hasLineBreak(text: string): boolean {
  return /[\n\r]/.test(text);
}
