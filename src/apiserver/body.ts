import { ApiError, badRequest, invalid } from '../api/status.ts';
import { DecodeError, decode, notHandled, strictDecodingError, type DecodeOptions, type Decoded } from '../api/decode.ts';
import { JsonSyntaxError, parseJson, parseJsonStrictly, type DuplicateKeys } from '../api/json.ts';
import { readYaml } from './yaml-body.ts';
import { requestTooLarge, unsupportedMediaType } from './errors.ts';
import { splitApiVersion, type Kind } from '../api/kind.ts';
import { typeOf } from '../api/schema.ts';
import type { KubeObject } from '../api/object.ts';
import type { Call } from './call.ts';
import type { Served } from './resource.ts';

const READ_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;

/** The API server reads no more of a body than this. */
const LONGEST_BODY_BYTES = 3 * 1024 * 1024;
const BUILTIN_SCHEME = 'pkg/api/legacyscheme/scheme.go:30';

/** The media type of the body, without parameters; JSON when none is given. */
export function contentTypeOf(call: Call): string {
  const header = call.header('content-type');
  if (!header) return 'application/json';
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** The text of a body that is text, or undefined when it is a value or there is none. Throws RequestEntityTooLarge. */
export function bodyText(call: Call): string | undefined {
  const { body } = call.request;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return undefined;
  if (body.length > LONGEST_BODY_BYTES) throw requestTooLarge(`Request entity too large: limit is ${LONGEST_BODY_BYTES}`);
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

export interface ReadBody {
  readonly value: unknown;
  readonly duplicates: DuplicateKeys | undefined;
}

/** The body as a JSON value: parsed when it is text, as it is when it is a value. Throws JsonSyntaxError. */
export function readBody(call: Call): ReadBody {
  const text = bodyText(call);
  if (text === undefined) return { value: call.request.body, duplicates: undefined };
  if (text === '') return { value: undefined, duplicates: undefined };
  const type = contentTypeOf(call);
  if (type === 'application/yaml') return readYaml(text);
  return call.fieldValidation === 'Ignore' ? { value: parseJson(text), duplicates: undefined } : parseJsonStrictly(text);
}

/** The body as a JSON value, for bodies that are no objects. Throws BadRequest. */
export function readValue(call: Call): unknown {
  try {
    return readBody(call).value;
  } catch (error) {
    throw error instanceof JsonSyntaxError ? badRequest(error.message) : error;
  }
}

/** The beginning of a body as an error message shows it (runtime summarizeData). */
function summary(text: string): string {
  if (text === '') return '<empty>';
  const isLong = text.length > 30;
  const start = isLong ? text.slice(0, 30) : text;
  if (text.startsWith('{')) return isLong ? `${start} ...` : start;
  const hex = [...new TextEncoder().encode(start)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return isLong ? `${hex} ...` : hex;
}

/** What reads a body as an object of a kind; see {@link Served.decode}. */
type Decoder = (object: KubeObject, options?: DecodeOptions) => Decoded<KubeObject>;

/** The body as an object of a built-in kind, in canonical form. Throws BadRequest, UnsupportedMediaType, RequestEntityTooLarge. */
export function readObject(call: Call, kind: Kind): KubeObject {
  const type = typeOf(kind.apiVersion, kind.kind);
  const { object, duplicates } = sentObject(call, kind, otherKind);
  return type ? decodeObject(call, object, kind, (given, options) => decode(type, given, options), duplicates) : object;
}

/** The body as an object of a served kind, in canonical form. Throws BadRequest, Invalid, UnsupportedMediaType, RequestEntityTooLarge. */
export function readServed(call: Call, served: Served): KubeObject {
  const { object, duplicates } = sentObject(call, served.kind, served.type ? otherKind : otherCustomKind);
  return decodeObject(call, object, served.kind, served.decode, duplicates);
}

function sentObject(call: Call, kind: Kind, other: OtherKind): { object: KubeObject; duplicates: DuplicateKeys | undefined } {
  const mediaType = contentTypeOf(call);
  if (mediaType !== 'application/json' && mediaType !== 'application/yaml') throw unsupportedMediaType(READ_TYPES);
  const { value, duplicates } = parsed(call, kind);
  return { object: ofKind(value, kind, call, other), duplicates };
}

function parsed(call: Call, kind: Kind): ReadBody {
  try {
    return readBody(call);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: ${error.message} (${summary(bodyText(call) ?? '')})`,
    );
  }
}

/** A value with the right kind and version, which may be left out. */
function ofKind(value: unknown, kind: Kind, call: Call, other: OtherKind): KubeObject {
  if (value === undefined || value === null) return { apiVersion: kind.apiVersion, kind: kind.kind };
  if (typeof value !== 'object' || Array.isArray(value)) {
    const goType = Array.isArray(value) ? 'array' : typeof value;
    const why = `json: cannot unmarshal ${goType === 'boolean' ? 'bool' : goType} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: ${why} (${summary(bodyText(call) ?? JSON.stringify(value))})`,
    );
  }
  const object = value as KubeObject;
  if (object.apiVersion === kind.apiVersion && object.kind === kind.kind) return object;
  const given = { apiVersion: object.apiVersion || kind.apiVersion, kind: object.kind || kind.kind };
  if (typeof given.apiVersion !== 'string' || typeof given.kind !== 'string')
    throw badRequest("couldn't get version/kind; json parse error: json: cannot unmarshal into Go struct field .kind of type string");
  if (given.kind !== kind.kind) throw other(given, kind, object);
  if (given.apiVersion !== kind.apiVersion) {
    throw badRequest(`the API version in the data (${given.apiVersion}) does not match the expected API version (${kind.apiVersion})`);
  }
  return { ...object, ...given };
}

/** The error that a body of another kind gets. */
type OtherKind = (given: { apiVersion: string; kind: string }, expected: Kind, object: KubeObject) => ApiError;

const otherCustomKind: OtherKind = (given, expected, object) => {
  const { group } = expected;
  const message = `Invalid value: ${JSON.stringify(given.kind)}: must be ${expected.kind}`;
  return invalid({ group, kind: given.kind }, object.metadata?.name ?? '', [{ reason: 'FieldValueInvalid', field: 'kind', message }]);
};

function otherKind(given: { apiVersion: string; kind: string }, expected: Kind): ApiError {
  const { version } = splitApiVersion(given.apiVersion);
  const why = typeOf(given.apiVersion, given.kind)
    ? `converting (${version}.${given.kind}) to (${expected.group === '' ? 'core' : expected.group.split('.')[0]}.${expected.kind}): unknown conversion`
    : `no kind "${given.kind}" is registered for version "${given.apiVersion}" in scheme "${BUILTIN_SCHEME}"`;
  return badRequest(`${given.kind} in version "${version}" cannot be handled as a ${expected.kind}: ${why}`);
}

/** Reads an object as its type; what does not belong is refused, warned of or dropped as the request wants it. */
export function decodeObject(call: Call, object: KubeObject, kind: Kind, decoder: Decoder, duplicates?: DuplicateKeys): KubeObject {
  try {
    const { value, faults } = decoder(object, { duplicates });
    if (faults.length > 0 && call.fieldValidation === 'Strict')
      throw badRequest(notHandled(kind.kind, kind.version, strictDecodingError(faults)));
    if (faults.length > 0 && call.fieldValidation === 'Warn') for (const fault of faults) call.warn(fault);
    return value;
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(notHandled(kind.kind, kind.version, error.message)) : error;
  }
}
