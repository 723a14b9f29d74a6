import type { Kind } from '../../api/kind.ts';
import type { Task } from '../../sim/wait.ts';
import type { Api } from '../api.ts';
import { CliError } from '../errors.ts';

/** What `explain` reads of an OpenAPI v3 schema. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
}

const PREFIX = '#/components/schemas/';

/** The schemas of a group version, as the server publishes them. */
export class Schemas {
  private readonly byName: Readonly<Record<string, Schema>>;

  constructor(byName: Readonly<Record<string, Schema>>) {
    this.byName = byName;
  }

  /** Asks the server. Throws {@link CliError} when it publishes none. */
  static *read(api: Api, { group, version }: Kind): Task<Schemas> {
    const path = group ? `/openapi/v3/apis/${group}/${version}` : `/openapi/v3/api/${version}`;
    const body = yield* api.read(path);
    const document = (typeof body === 'string' ? JSON.parse(body) : body) as
      { components?: { schemas?: Record<string, Schema> } } | undefined;
    const schemas = document?.components?.schemas;
    if (!schemas) throw new CliError(`failed to get openapi schema of ${group}/${version}`);
    return new Schemas(schemas);
  }

  ofKind({ group, version, kind }: Kind): Schema | undefined {
    return Object.values(this.byName).find((schema) =>
      schema['x-kubernetes-group-version-kind']?.some((one) => one.group === group && one.version === version && one.kind === kind),
    );
  }

  /** The schema that a reference stands for, with the name of its type. */
  resolve(schema: Schema): { schema: Schema; typeName: string | undefined } {
    const reference = schema.$ref ?? schema.allOf?.find(({ $ref }) => $ref)?.$ref;
    if (!reference) return { schema, typeName: undefined };
    const name = reference.slice(PREFIX.length);
    return { schema: this.byName[name] ?? {}, typeName: name.slice(name.lastIndexOf('.') + 1) };
  }

  /** The schema whose fields a value has, through lists and maps. */
  structure(schema: Schema): Schema {
    const { schema: resolved } = this.resolve(schema);
    if (resolved.items) return this.structure(resolved.items);
    if (typeof resolved.additionalProperties === 'object' && !resolved.properties) return this.structure(resolved.additionalProperties);
    return resolved;
  }

  /** `string`, `[]Container`, `map[string]string`. */
  typeText(schema: Schema): string {
    const { typeName } = this.resolve(schema);
    if (typeName) return typeName;
    if (schema.items) return `[]${this.typeText(schema.items)}`;
    if (typeof schema.additionalProperties === 'object') return `map[string]${this.typeText(schema.additionalProperties)}`;
    return schema.type ?? 'Object';
  }

  /** The field's own words, then those of its type. */
  description(schema: Schema): string {
    const own = schema.description ?? '';
    const type = this.innermost(schema);
    return [own, type === schema ? '' : (type.description ?? '')].filter((text) => text !== '').join('\n');
  }

  private innermost(schema: Schema): Schema {
    const { schema: resolved } = this.resolve(schema);
    return resolved.items && resolved === schema ? this.innermost(resolved.items) : resolved;
  }
}
