import { ApiError, badRequest, invalid } from '../api/status.ts';
import { DecodeError, decode, strictDecodingError } from '../api/decode.ts';
import { JsonSyntaxError } from '../api/json.ts';
import { PatchError } from '../api/patch-error.ts';
import { applyJsonPatch, MOST_OPERATIONS, readJsonPatch } from '../api/json-patch.ts';
import { applyMergePatch, readMergePatch } from '../api/merge-patch.ts';
import { applyStrategicPatch, readStrategicPatch } from '../api/strategic-merge.ts';
import { goValue } from '../api/print.ts';
import { readBody } from './body.ts';
import { requestTooLarge, unclassified, unsupportedMediaType } from './errors.ts';
import type { Call } from './call.ts';
import type { Served } from './resource.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import { typeOf, type TypeSchema } from '../api/schema.ts';

export const JSON_PATCH = 'application/json-patch+json';
export const MERGE_PATCH = 'application/merge-patch+json';
export const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
export const APPLY_PATCH = 'application/apply-patch+yaml';

/** A patch as read from a request, applied to the object as it stands at each attempt. */
export interface Patch {
  readonly isStrategic: boolean;
  /** What error messages show of it and of the object it was applied to. */
  shown(patched: KubeObject): string;
  apply(object: KubeObject): KubeObject;
}

/** The types of patch that a kind takes, in the order in which errors name them. */
export function patchTypes(type: TypeSchema | undefined): readonly string[] {
  return type ? [JSON_PATCH, MERGE_PATCH, APPLY_PATCH, STRATEGIC_PATCH] : [JSON_PATCH, MERGE_PATCH, APPLY_PATCH];
}

/** Reads the body of a patch that is no apply. Throws BadRequest, UnsupportedMediaType, RequestEntityTooLarge. */
export function readPatch(call: Call, contentType: string, type: TypeSchema | undefined): Patch {
  if (!patchTypes(type).includes(contentType)) throw unsupportedMediaType(patchTypes(type));
  const value = patchValue(call, contentType);
  try {
    if (contentType === JSON_PATCH) {
      const operations = readJsonPatch(value);
      if (operations.length > MOST_OPERATIONS)
        throw requestTooLarge(`The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${operations.length}`);
      return { isStrategic: false, shown, apply: (object) => applyJsonPatch(object, operations) };
    }
    if (contentType === STRATEGIC_PATCH) {
      const patch = readStrategicPatch(value);
      return { isStrategic: true, shown: () => goValue(patch), apply: (object) => applyStrategicPatch(type!, object, patch) };
    }
    const patch = readMergePatch(value);
    return { isStrategic: false, shown, apply: (object) => applyMergePatch(object, patch) };
  } catch (error) {
    throw error instanceof PatchError ? patchFailure(error) : error;
  }
}

const shown = (patched: KubeObject): string => JSON.stringify(patched);

function patchValue(call: Call, contentType: string): unknown {
  try {
    return readBody(call).value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badRequest(contentType === STRATEGIC_PATCH ? error.message : `error decoding patch: ${error.message}`);
  }
}

function patchFailure({ kind, message }: PatchError): ApiError {
  if (kind === 'malformed') return badRequest(message);
  if (kind === 'internal') return unclassified(message);
  return new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

/** The patched object, in canonical form. Throws Invalid, BadRequest. */
export function applyPatch(call: Call, patch: Patch, object: KubeObject, kind: Kind, decoder: Served['decode']): KubeObject {
  const patched = patchedBy(patch, object);
  const { apiVersion = kind.apiVersion, kind: name = kind.kind } = patched;
  if (apiVersion !== kind.apiVersion || name !== kind.kind) {
    const shown = patch.shown(patched);
    refuseUnreadable(typeOf(apiVersion, name), patched, shown);
    throw refusedPatch(
      shown,
      `no kind ${JSON.stringify(name)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`,
    );
  }
  const complete = patched.apiVersion && patched.kind ? patched : { ...patched, apiVersion, kind: name };
  try {
    const { value, faults } = decoder(complete, { patched: patch.isStrategic });
    if (faults.length > 0) {
      if (call.fieldValidation === 'Strict') throw refusedPatch(patch.shown(patched), strictDecodingError(faults));
      if (call.fieldValidation === 'Warn') for (const fault of faults) call.warn(fault);
    }
    return value;
  } catch (error) {
    throw error instanceof DecodeError ? refusedPatch(patch.shown(patched), error.message) : error;
  }
}

/** An object whose kind was changed is read as that kind first. */
function refuseUnreadable(type: TypeSchema | undefined, patched: KubeObject, shown: string): void {
  if (!type) return;
  try {
    decode(type, patched);
  } catch (error) {
    throw error instanceof DecodeError ? refusedPatch(shown, error.message) : error;
  }
}

function patchedBy(patch: Patch, object: KubeObject): KubeObject {
  try {
    return patch.apply(object);
  } catch (error) {
    throw error instanceof PatchError ? patchFailure(error) : error;
  }
}

function refusedPatch(shown: string, why: string): ApiError {
  return invalid({ group: '', kind: '' }, '', [
    { reason: 'FieldValueInvalid', field: 'patch', message: `Invalid value: ${JSON.stringify(shown)}: ${why}` },
  ]);
}
