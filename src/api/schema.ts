import goFacts from './facts/go-types.json' with { type: 'json' };
import facts from './facts/schema.json' with { type: 'json' };

/** How a value is written. `any` is left alone: raw extensions, JSON schemas, sets of managed fields. */
export type ValueKind =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bytes'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'struct'
  | 'list'
  | 'map'
  | 'any';

export type ListType = 'atomic' | 'set' | 'map';

/** A field of a type, or what the items of a list or the values of a map are. */
export interface FieldSchema {
  /** As in JSON; empty for items and values. */
  readonly name: string;
  readonly kind: ValueKind;
  /** The type's name in the server's language, for its messages: `[]v1.Container`. */
  readonly goType: string;
  /** Whether an empty value (0, false, '', for a few lists []) differs from a missing one. */
  readonly pointer: boolean;
  /** Whether the server always writes the field, be it empty or null. */
  readonly always: boolean;
  /** The type of a struct. */
  readonly type?: TypeSchema;
  /** What a list or map holds. */
  readonly element?: FieldSchema;
  readonly required: boolean;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  /** Lists, for server-side apply; `atomic` unless said otherwise. */
  readonly listType: ListType;
  /** Keys by which items of a list of type `map` are told apart. */
  readonly listMapKeys: readonly string[];
  /** Whether a map or struct is owned as one, for server-side apply. */
  readonly atomic: boolean;
  /** Strategic merge: `merge`, `replace`, `retainKeys`. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey?: string;
}

interface RawField {
  readonly type?: string;
  readonly format?: string;
  readonly ref?: string;
  readonly required?: boolean;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly items?: RawField;
  readonly map?: RawField;
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly listType?: ListType;
  readonly listMapKeys?: readonly string[];
  readonly mapType?: string;
}

interface RawType {
  readonly fields?: Readonly<Record<string, RawField>>;
  readonly gvk?: readonly string[];
  readonly mapType?: string;
}

const TYPES = facts as unknown as Readonly<Record<string, RawType>>;
const POINTERS: Readonly<Record<string, string>> = goFacts.pointers;
const ALWAYS: Readonly<Record<string, string>> = goFacts.always;
const OMITTED: Readonly<Record<string, string>> = goFacts.omitted;
const NAMED = goFacts.named as unknown as Readonly<Record<string, Readonly<Record<string, string>>>>;

const SPECIAL: Readonly<Record<string, ValueKind>> = {
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'intOrString',
  'meta/v1.Time': 'time',
  'meta/v1.MicroTime': 'microTime',
};

const GO_SCALARS: Readonly<Partial<Record<ValueKind, string>>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
};

const NO_KEYS: readonly string[] = [];

/** A type of the API: its fields, compiled when first asked for. */
export class TypeSchema {
  /** `core/v1.PodSpec`. */
  readonly name: string;
  /** `PodSpec`. */
  readonly goName: string;
  /** Whether a value of this type is owned as one, for server-side apply. */
  readonly atomic: boolean;
  private readonly raw: RawType;
  private compiled: ReadonlyMap<string, FieldSchema> | undefined;
  private alwaysWritten: readonly FieldSchema[] | undefined;

  constructor(name: string, raw: RawType) {
    this.name = name;
    this.goName = name.slice(name.indexOf('.') + 1);
    this.atomic = raw.mapType === 'atomic';
    this.raw = raw;
  }

  get fields(): ReadonlyMap<string, FieldSchema> {
    return (this.compiled ??= this.compile());
  }

  /** The fields that the server writes even when they are empty. */
  get always(): readonly FieldSchema[] {
    return (this.alwaysWritten ??= [...this.fields.values()].filter((field) => field.always));
  }

  private compile(): ReadonlyMap<string, FieldSchema> {
    const pointers = words(POINTERS[this.name]);
    const always = words(ALWAYS[this.name]);
    const omitted = words(OMITTED[this.name]);
    const named = new Map<string, string>();
    for (const [type, fields] of Object.entries(NAMED[this.name] ?? {})) for (const field of fields.split(' ')) named.set(field, type);
    const version = this.name.slice(this.name.indexOf('/') + 1, this.name.indexOf('.'));
    const fields = new Map<string, FieldSchema>();
    for (const [name, raw] of Object.entries(this.raw.fields ?? {})) {
      const goName = named.get(name);
      const isAlways =
        always.has(name) || (!omitted.has(name) && (raw.required === true || (raw.ref !== undefined && raw.default !== undefined)));
      fields.set(name, compileField(name, raw, pointers.has(name), isAlways, goName && `${version}.${goName}`));
    }
    return fields;
  }
}

function words(text: string | undefined): ReadonlySet<string> {
  return new Set(text ? text.split(' ') : []);
}

function valueKind(raw: RawField): ValueKind {
  if (raw.ref) {
    const special = SPECIAL[raw.ref];
    if (special) return special;
    return TYPES[raw.ref]?.fields ? 'struct' : 'any';
  }
  if (raw.items) return 'list';
  if (raw.map) return 'map';
  if (raw.type === 'string') return raw.format === 'byte' ? 'bytes' : 'string';
  if (raw.type === 'integer') return raw.format === 'int32' ? 'int32' : 'int64';
  if (raw.type === 'number') return 'double';
  return raw.type === 'boolean' ? 'boolean' : 'any';
}

function goTypeOf(raw: RawField, kind: ValueKind, element: FieldSchema | undefined): string {
  if (raw.ref) return raw.ref.slice(raw.ref.lastIndexOf('/') + 1);
  if (kind === 'list') return `[]${element?.goType}`;
  if (kind === 'map') return `map[string]${element?.goType}`;
  return GO_SCALARS[kind] ?? 'interface {}';
}

function compileField(name: string, raw: RawField, pointer: boolean, always: boolean, goName: string | undefined): FieldSchema {
  const kind = valueKind(raw);
  const inner = raw.items ?? raw.map;
  const element = inner && compileField('', inner, false, false, undefined);
  const type = kind === 'struct' ? typeNamed(raw.ref as string) : undefined;
  return {
    name,
    kind,
    goType: goName ?? goTypeOf(raw, kind, element),
    pointer,
    always,
    type,
    element,
    required: raw.required === true,
    enum: raw.enum,
    default: raw.default,
    listType: raw.listType ?? 'atomic',
    listMapKeys: raw.listMapKeys ?? NO_KEYS,
    atomic: raw.mapType === 'atomic' || (type?.atomic ?? false),
    patchStrategies: raw.patchStrategy ? raw.patchStrategy.split(',') : NO_KEYS,
    patchMergeKey: raw.patchMergeKey,
  };
}

const types = new Map<string, TypeSchema>();
let byKind: ReadonlyMap<string, string> | undefined;

/** A type by its name (`core/v1.PodSpec`); undefined if there is none. */
export function typeNamed(name: string): TypeSchema | undefined {
  let type = types.get(name);
  const raw = type ? undefined : TYPES[name];
  if (raw) types.set(name, (type = new TypeSchema(name, raw)));
  return type;
}

/** The type of a built-in kind, by `apps/v1` and `Deployment`; undefined for custom resources and what is unknown. */
export function typeOf(apiVersion: string, kind: string): TypeSchema | undefined {
  byKind ??= readKinds();
  const name = byKind.get(`${apiVersion}/${kind}`) ?? byKind.get(`*/${kind}`);
  return name === undefined ? undefined : typeNamed(name);
}

function readKinds(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, { gvk = [] }] of Object.entries(TYPES)) {
    for (const place of gvk) found.set(place === '*' ? `*/${name.slice(name.indexOf('.') + 1)}` : place, name);
  }
  return found;
}

/** The type of `metadata`, which custom resources share. */
export const OBJECT_META: TypeSchema = typeNamed('meta/v1.ObjectMeta') as TypeSchema;

/**
 * The schema at a path of field names within a type (`['spec', 'containers', 'name']`); lists and
 * maps are passed through. Undefined where there is none.
 */
export function fieldAt(type: TypeSchema, path: readonly string[]): FieldSchema | undefined {
  let current: TypeSchema | undefined = type;
  let field: FieldSchema | undefined;
  for (const name of path) {
    field = current?.fields.get(name);
    if (!field) return undefined;
    let inner: FieldSchema | undefined = field;
    while (inner?.element) inner = inner.element;
    current = inner?.type;
  }
  return field;
}
