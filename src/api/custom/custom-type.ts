import { OBJECT_META, TypeSchema, type FieldSchema, type ValueKind } from '../schema.ts';
import { additionalSchema, itemSchema, propertyNames, type JsonSchema } from './json-schema.ts';

const NO_KEYS: readonly string[] = [];
const SCALARS: Readonly<Record<string, ValueKind>> = { string: 'string', integer: 'int64', number: 'double', boolean: 'boolean' };

/** A type of which only the fields are known: what field managers of custom resources go by. */
class CustomType extends TypeSchema {
  private readonly schema: JsonSchema;
  private readonly isResource: boolean;
  private known: ReadonlyMap<string, FieldSchema> | undefined;

  constructor(schema: JsonSchema, isResource: boolean) {
    super('custom.Resource', { mapType: schema['x-kubernetes-map-type'] });
    this.schema = schema;
    this.isResource = isResource;
  }

  override get fields(): ReadonlyMap<string, FieldSchema> {
    return (this.known ??= this.read());
  }

  override get always(): readonly FieldSchema[] {
    return [];
  }

  private read(): ReadonlyMap<string, FieldSchema> {
    const fields = new Map<string, FieldSchema>();
    for (const name of propertyNames(this.schema)) fields.set(name, fieldOf(name, this.schema.properties![name]!));
    if (this.isResource) {
      for (const name of ['apiVersion', 'kind']) fields.set(name, field(name, 'string', {}));
      fields.set('metadata', field('metadata', 'struct', { type: OBJECT_META }));
    }
    return fields;
  }
}

function field(name: string, kind: ValueKind, more: Partial<FieldSchema>): FieldSchema {
  return {
    name,
    kind,
    goType: '',
    pointer: false,
    always: false,
    required: false,
    listType: 'atomic',
    listMapKeys: NO_KEYS,
    atomic: false,
    patchStrategies: NO_KEYS,
    ...more,
  };
}

function fieldOf(name: string, schema: JsonSchema): FieldSchema {
  const { default: defaultValue } = schema;
  const given = defaultValue === undefined ? {} : { default: defaultValue };
  if (schema['x-kubernetes-int-or-string']) return field(name, 'intOrString', given);
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  switch (schema.type) {
    case 'array': {
      const items = itemSchema(schema);
      const listType = schema['x-kubernetes-list-type'];
      return field(name, 'list', {
        ...given,
        element: fieldOf('', items ?? {}),
        listType: listType === 'map' || listType === 'set' ? listType : 'atomic',
        listMapKeys: schema['x-kubernetes-list-map-keys'] ?? NO_KEYS,
      });
    }
    case 'object': {
      const isResource = schema['x-kubernetes-embedded-resource'] === true;
      const values = additionalSchema(schema);
      if (values) return field(name, 'map', { ...given, element: fieldOf('', values), atomic });
      // What nothing is known of is owned name by name.
      if (schema['x-kubernetes-preserve-unknown-fields'] || (!isResource && propertyNames(schema).length === 0))
        return field(name, atomic ? 'map' : 'any', { ...given, atomic });
      return field(name, 'struct', { ...given, type: new CustomType(schema, isResource), atomic });
    }
    default:
      return field(name, SCALARS[schema.type ?? ''] ?? 'any', given);
  }
}

/** How field managers see objects that a schema describes; undefined where everything is allowed. */
export function customType(schema: JsonSchema): TypeSchema | undefined {
  return schema['x-kubernetes-preserve-unknown-fields'] ? undefined : new CustomType(schema, true);
}
