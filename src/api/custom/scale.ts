import { goType } from '../print.ts';
import { invalidField, type FieldErrors } from '../field-errors.ts';
import { isObject, ownField, type Json } from './json-schema.ts';
import type { KubeObject } from '../object.ts';
import type { ScalePaths } from './definition-types.ts';

const LARGEST = 2 ** 31 - 1;

function steps(path: string): string[] {
  return path.replace(/^\./, '').split('.');
}

/** A value at a path is not of the type that is wanted. The message is Go's. */
export class AccessorError extends Error {
  override name = 'AccessorError';
}

/** The value at a path of names; undefined if there is none. Throws AccessorError. */
function nested(object: KubeObject, path: readonly string[], wanted: 'int64' | 'string'): unknown {
  let value: unknown = object;
  for (let i = 0; i < path.length; i++) {
    if (value === undefined || value === null) return undefined;
    if (!isObject(value))
      throw new AccessorError(
        `.${path.slice(0, i).join('.')} accessor error: ${show(value)} is of the type ${goType(value)}, expected map[string]interface{}`,
      );
    value = ownField(value, path[i]!);
  }
  if (value === undefined) return undefined;
  if (goType(value) !== wanted)
    throw new AccessorError(`.${path.join('.')} accessor error: ${show(value)} is of the type ${goType(value)}, expected ${wanted}`);
  return value;
}

function show(value: unknown): string {
  return value === null ? '<nil>' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What the scale subresource of a custom resource shows. Throws AccessorError. */
export interface CustomScale {
  /** Undefined when the field does not exist. */
  readonly replicas: number | undefined;
  readonly statusReplicas: number;
  readonly selector: string;
}

export function readScale(object: KubeObject, paths: ScalePaths): CustomScale {
  return {
    replicas: nested(object, steps(paths.specReplicasPath), 'int64') as number | undefined,
    statusReplicas: (nested(object, steps(paths.statusReplicasPath), 'int64') as number | undefined) ?? 0,
    selector: paths.labelSelectorPath ? ((nested(object, steps(paths.labelSelectorPath), 'string') as string | undefined) ?? '') : '',
  };
}

/** The object with its replicas set. Throws AccessorError. */
export function withReplicas(object: KubeObject, { specReplicasPath }: ScalePaths, replicas: number): KubeObject {
  const path = steps(specReplicasPath);
  const set = (value: unknown, i: number): unknown => {
    if (i === path.length) return replicas;
    const inner = value === undefined || value === null ? {} : value;
    if (!isObject(inner))
      throw new AccessorError(`value cannot be set because .${path.slice(0, i).join('.')} is not a map[string]interface{}`);
    return { ...inner, [path[i]!]: set(ownField(inner, path[i]!), i + 1) } satisfies Json;
  };
  return set(object, 0) as KubeObject;
}

/** Replicas are counts (ValidateScaleSpec, ValidateScaleStatus). */
export function validateScale(object: KubeObject, paths: ScalePaths, errors: FieldErrors, parts: readonly ('spec' | 'status')[]): void {
  for (const part of parts) {
    const path = paths[`${part}ReplicasPath`];
    try {
      const replicas = (nested(object, steps(path), 'int64') as number | undefined) ?? 0;
      if (replicas < 0) errors.push(invalidField(path, replicas, 'should be a non-negative integer'));
      else if (replicas > LARGEST) errors.push(invalidField(path, replicas, `should be less than or equal to ${LARGEST}`));
    } catch (error) {
      if (!(error instanceof AccessorError)) throw error;
      errors.push(invalidField(path, 0, error.message));
    }
  }
  if (!paths.labelSelectorPath || !parts.includes('status')) return;
  try {
    nested(object, steps(paths.labelSelectorPath), 'string');
  } catch (error) {
    if (!(error instanceof AccessorError)) throw error;
    errors.push(invalidField(paths.labelSelectorPath, '', error.message));
  }
}
