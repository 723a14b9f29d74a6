import { badRequest } from '../api/status.ts';
import { unsupportedMediaType } from './errors.ts';
import type { KubeObject } from '../api/object.ts';
import type { Call } from './call.ts';
import type { Kind } from '../api/kind.ts';

export const ACCEPTED = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/cbor'] as const;

/** The media type of the body, without parameters; JSON when none is given. */
export function contentTypeOf(call: Call): string {
  const header = call.header('content-type');
  if (!header) return 'application/json';
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** The body as a JSON value: parsed when it is text, as it is when it is a value. Throws BadRequest. */
export function readValue(call: Call): unknown {
  const { body } = call.request;
  if (body === undefined) return undefined;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return body;
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
}

/** The body as an object of a kind. Throws BadRequest, UnsupportedMediaType. */
export function readObject(call: Call, kind: Kind): KubeObject {
  const type = contentTypeOf(call);
  if (type !== 'application/json' && type !== 'application/yaml') throw unsupportedMediaType(ACCEPTED);
  const value = readValue(call);
  if (value === undefined || value === null) return { apiVersion: kind.apiVersion, kind: kind.kind };
  if (typeof value !== 'object' || Array.isArray(value)) throw badRequest("couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct");
  const object = value as KubeObject;
  if (object.apiVersion === kind.apiVersion && object.kind === kind.kind) return object;
  if (object.apiVersion && object.apiVersion !== kind.apiVersion) {
    throw badRequest(`the API version in the data (${object.apiVersion}) does not match the expected API version (${kind.apiVersion})`);
  }
  if (object.kind && object.kind !== kind.kind) {
    throw badRequest(`${object.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: the kind in the data does not match`);
  }
  return { ...object, apiVersion: kind.apiVersion, kind: kind.kind };
}
