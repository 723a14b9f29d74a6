import { copyOf } from '../base/copy.ts';
import { decodeScalar, goTypeName, ValueError, WrongKind } from './decode-scalars.ts';
import { goType } from './print.ts';
import type { DuplicateKeys } from './json.ts';
import type { FieldSchema, TypeSchema } from './schema.ts';

/** A value that cannot be read as its type. The message is the server's: `json: cannot unmarshal ...`. */
export class DecodeError extends Error {
  override name = 'DecodeError';
}

export interface Decoded<T = unknown> {
  /** The value as the server holds it. Parts that were already so are shared with what was given. */
  readonly value: T;
  /** `unknown field "spec.foo"`, `duplicate field "data.a"`, in the order of the document. */
  readonly faults: readonly string[];
}

export interface DecodeOptions {
  /** Keys that came twice in the text, from `parseJsonStrictly`. */
  readonly duplicates?: DuplicateKeys;
  /** Whether the value comes of a strategic merge patch, which the server reads by another decoder with messages of its own. */
  readonly patched?: boolean;
}

type Json = Record<string, unknown>;

/** Beyond this many faults no more are collected, as in sigs.k8s.io/json. */
const MOST_FAULTS = 100;
const NO_FAULTS: readonly string[] = [];

class MapKey {
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }
}

/**
 * Reads a value as the server's typed decoder does and gives back what it would write: unknown
 * fields and nulls are gone, empty values are gone where Go omits them, what Go always writes is
 * there (`status: {}`), quantities and times are in canonical form. One pass; what needs no change
 * is shared, and a value that needs none at all is answered itself.
 *
 * @throws DecodeError on the first value of a wrong type
 */
export function decode<T = unknown>(type: TypeSchema, value: unknown, { duplicates, patched = false }: DecodeOptions = {}): Decoded<T> {
  const decoder = new Decoder(duplicates, patched);
  const result = decoder.root(type, value);
  return { value: result as T, faults: decoder.faults ?? NO_FAULTS };
}

/** The message with which the server refuses a body: `Pod in version "v1" cannot be handled as a Pod: ...`. */
export function notHandled(kind: string, version: string, why: string): string {
  return `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`;
}

/** The faults of a strict decoding as one message. */
export function strictDecodingError(faults: readonly string[]): string {
  return `strict decoding error: ${faults.join(', ')}`;
}

class Decoder {
  faults: string[] | undefined;
  /** Errors of type are reported at the end, so that an unreadable value further on comes first. */
  private wrongType: DecodeError | undefined;
  private readonly duplicates: DuplicateKeys | undefined;
  /** Names of fields, indexes of lists, keys of maps. */
  private readonly path: (string | number | MapKey)[] = [];
  /** The type whose field is being read. */
  private within = '';
  private readonly patched: boolean;

  constructor(duplicates: DuplicateKeys | undefined, patched: boolean) {
    this.duplicates = duplicates && duplicates.size > 0 ? duplicates : undefined;
    this.patched = patched;
  }

  root(type: TypeSchema, value: unknown): unknown {
    const result = this.struct(type, value, `${type.name.slice(type.name.indexOf('/') + 1)}`);
    if (this.wrongType) throw this.wrongType;
    return result ?? zeroStruct(type);
  }

  /** Undefined stands for nothing: a null, or what is dropped with an error. */
  private value(field: FieldSchema, value: unknown): unknown {
    switch (field.kind) {
      case 'any':
        return value;
      case 'struct':
        return this.struct(field.type as TypeSchema, value, field.goType);
      case 'list':
        return this.list(field, value);
      case 'map':
        return this.map(field, value);
      default:
        return this.scalar(field, value);
    }
  }

  private scalar(field: FieldSchema, value: unknown): unknown {
    try {
      return decodeScalar(field, value);
    } catch (error) {
      if (error instanceof WrongKind) {
        if (this.patched && !error.final) throw new DecodeError(cannotConvert(field, value));
        const described = new DecodeError(this.describe(error));
        if (error.final) throw described;
        this.wrongType ??= described;
        return undefined;
      }
      if (error instanceof ValueError)
        throw new DecodeError(this.patched && field.kind === 'bytes' ? `error decoding from json: ${error.message}` : error.message);
      throw error;
    }
  }

  private struct(type: TypeSchema, value: unknown, goType: string): unknown {
    if (!this.isObject(value, goType, 'struct')) return undefined;
    const outer = this.within;
    this.within = type.goName;
    const { fields, always } = type;
    let copy: Json | undefined;
    let written = 0;
    for (const key in value) {
      const field = fields.get(key);
      const given = value[key];
      let result: unknown;
      if (field) {
        if (given !== null && given !== undefined) {
          this.path.push(key);
          result = this.value(field, given);
          this.path.pop();
        }
        if (field.always) {
          result ??= zero(field);
          written++;
        } else if (result !== undefined && isOmitted(field, result)) result = undefined;
      } else if (given !== undefined) {
        this.fault('unknown', key);
      }
      if (!copy && result !== given) copy = copyUntil(value, key);
      if (copy && result !== undefined) copy[key] = result;
    }
    this.noteDuplicates(value, fields);
    this.within = outer;
    if (written === always.length) return copy ?? value;
    copy ??= copyOf(value);
    for (const field of always) if (copy[field.name] === undefined) copy[field.name] = zero(field);
    return copy;
  }

  private list(field: FieldSchema, value: unknown): unknown {
    const element = field.element as FieldSchema;
    if (!Array.isArray(value)) {
      this.wrong(value, field.goType, 'slice');
      return undefined;
    }
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const given: unknown = value[i];
      this.path.push(i);
      const result = given === null || given === undefined ? zero(element) : (this.value(element, given) ?? zero(element));
      this.path.pop();
      if (!copy && result !== given) copy = value.slice(0, i);
      copy?.push(result);
    }
    return copy ?? value;
  }

  private map(field: FieldSchema, value: unknown): unknown {
    if (!this.isObject(value, field.goType, 'map')) return undefined;
    const element = field.element as FieldSchema;
    const composite = element.kind === 'struct' || element.kind === 'map' || element.kind === 'list';
    let copy: Json | undefined;
    for (const key in value) {
      const given = value[key];
      let result: unknown;
      if (given !== undefined) {
        if (composite) this.path.push(new MapKey(key));
        result = given === null ? zero(element) : (this.value(element, given) ?? zero(element));
        if (composite) this.path.pop();
      }
      if (!copy && result !== given) copy = copyUntil(value, key);
      if (copy && result !== undefined) copy[key] = result;
    }
    this.noteDuplicates(value, undefined);
    return copy ?? value;
  }

  private isObject(value: unknown, goType: string, shape: 'struct' | 'map'): value is Json {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return true;
    if (value !== null && value !== undefined) this.wrong(value, goType, shape);
    return false;
  }

  private wrong(value: unknown, goType: string, shape: 'struct' | 'map' | 'slice'): void {
    if (this.patched) throw new DecodeError(`cannot restore ${shape} from${shape === 'struct' ? ':' : ''} ${goKind(value)}`);
    this.wrongType ??= new DecodeError(this.describe(new WrongKind(goTypeName(value), goType, false)));
  }

  private describe({ found, goType }: WrongKind): string {
    const fields = this.path.filter((part) => typeof part === 'string');
    const place = fields.length === 0 || this.patched ? 'value' : `struct field ${this.within}.${fields.join('.')}`;
    return `json: cannot unmarshal ${found} into Go ${place} of type ${goType}`;
  }

  private noteDuplicates(value: object, fields: ReadonlyMap<string, FieldSchema> | undefined): void {
    const keys = this.duplicates?.get(value);
    if (keys) for (const key of keys) if (!fields || fields.has(key)) this.fault('duplicate', key);
  }

  private fault(what: 'unknown' | 'duplicate', key: string): void {
    let path = '';
    for (const part of this.path) {
      if (typeof part === 'number') path += `[${part}]`;
      else path += `${path && '.'}${typeof part === 'string' ? part : part.key}`;
    }
    const text = `${what} field "${path}${path && '.'}${key}"`;
    this.faults ??= [];
    if (this.faults.length < MOST_FAULTS && !this.faults.includes(text)) this.faults.push(text);
  }
}

/** The kind of a value as Go's reflection names it. */
function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  return typeof value === 'object' ? 'map' : goType(value);
}

/** What the decoder of patched objects says of a scalar of a wrong kind: Go converts integers to strings, and little else. */
function cannotConvert(field: FieldSchema, value: unknown): string {
  const found = goType(value);
  const convertible =
    field.kind === 'string' ? found === 'int64' : found === 'float64' && (field.kind === 'int32' || field.kind === 'int64');
  if (field.kind === 'bytes') return `cannot restore slice from ${goKind(value)}`;
  if (convertible) return `cannot convert ${found} to ${field.goType}`;
  return `unrecognized type: ${field.kind === 'boolean' ? 'bool' : field.kind === 'double' ? 'float64' : field.kind}`;
}

/** Whether Go leaves an empty value out (`omitempty`). */
function isOmitted(field: FieldSchema, value: unknown): boolean {
  if (field.always) return false;
  switch (field.kind) {
    case 'string':
    case 'bytes':
      return value === '' && !field.pointer;
    case 'int32':
    case 'int64':
    case 'double':
      return value === 0 && !field.pointer;
    case 'boolean':
      return value === false && !field.pointer;
    case 'list':
      return (value as unknown[]).length === 0 && !field.pointer;
    case 'map':
      for (const key in value as object) return key === undefined;
      return true;
    default:
      return false;
  }
}

/** What Go writes for a value that was never set. */
function zero(field: FieldSchema): unknown {
  if (field.pointer) return null;
  switch (field.kind) {
    case 'string':
    case 'bytes':
      return '';
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0;
    case 'boolean':
      return false;
    case 'quantity':
      return '0';
    case 'struct':
      // A struct without a default is behind a pointer.
      return field.default === undefined && field.name !== '' ? null : zeroStruct(field.type as TypeSchema);
    default:
      return null;
  }
}

const zeros = new WeakMap<TypeSchema, Json>();

/** What Go writes for an empty struct. Frozen, as it is shared by all that need it. */
function zeroStruct(type: TypeSchema): Json {
  let found = zeros.get(type);
  if (!found) {
    found = {};
    for (const field of type.always) found[field.name] = zero(field);
    zeros.set(type, Object.freeze(found));
  }
  return found;
}

function copyUntil(value: Json, end: string): Json {
  const copy: Json = {};
  for (const key in value) {
    if (key === end) break;
    copy[key] = value[key];
  }
  return copy;
}
