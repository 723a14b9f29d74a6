import { badRequest } from '../api/status.ts';

/** Applies a patch of a content type to a JSON value; nothing that is given is changed. */
export function applyPatch(contentType: string, value: unknown, patch: unknown): unknown {
  if (contentType === 'application/json-patch+json') return jsonPatch(value, patch);
  return mergePatch(value, patch);
}

function mergePatch(value: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  const merged: Record<string, unknown> = { ...base };
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], change);
  }
  return merged;
}

interface JsonPatchStep {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

function jsonPatch(value: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  return (patch as JsonPatchStep[]).reduce((object, step) => edit(object, step.path.split('/').slice(1).map(unescape), step), value);
}

function unescape(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function edit(value: unknown, path: readonly string[], step: JsonPatchStep): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return step.value;
  if (Array.isArray(value)) {
    const copy = [...value];
    const at = head === '-' ? copy.length : Number(head);
    if (rest.length > 0) copy[at] = edit(copy[at], rest, step);
    else if (step.op === 'add') copy.splice(at, 0, step.value);
    else if (step.op === 'remove') copy.splice(at, 1);
    else copy[at] = step.value;
    return copy;
  }
  const copy: Record<string, unknown> = { ...(value as object) };
  if (rest.length > 0) copy[head] = edit(copy[head], rest, step);
  else if (step.op === 'remove') delete copy[head];
  else copy[head] = step.value;
  return copy;
}
