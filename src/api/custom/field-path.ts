import { additionalSchema, childPath, itemSchema, propertySchema, type JsonSchema } from './json-schema.ts';

/** A path like `.spec.names['a.b']`, resolved against a schema. */
export interface FieldPath {
  /** As error messages write it: `spec.names[a.b]`. */
  readonly text: string;
  readonly names: readonly string[];
  /** Of what stands at the path. */
  readonly schema: JsonSchema;
}

const STEP = /^\.([A-Za-z_][A-Za-z0-9_-]*|[A-Za-z0-9_-]+)|^\['((?:[^'\\]|\\.)*)'\]|^\["((?:[^"\\]|\\.)*)"\]/;

/** Why a path is none. */
export class FieldPathError extends Error {
  override name = 'FieldPathError';
}

/**
 * Reads the path of a field: names behind points, or in brackets and quotes (cel ValidFieldPath).
 *
 * @throws FieldPathError
 */
export function parseFieldPath(path: string, schema: JsonSchema): FieldPath {
  const names: string[] = [];
  let rest = path;
  let at: JsonSchema = schema;
  let text = '';
  while (rest !== '') {
    const step = STEP.exec(rest);
    if (!step) throw new FieldPathError(`expected [ or . but got: ${rest[0]}`);
    rest = rest.slice(step[0].length);
    const name = step[1] ?? (step[2] ?? step[3] ?? '').replace(/\\(.)/g, '$1');
    const property = propertySchema(at, name);
    const additional = additionalSchema(at);
    if (property) {
      at = property;
      text = childPath(text, name);
    } else if (additional) {
      at = additional;
      text = `${text}[${name}]`;
    } else if (itemSchema(at)) throw new FieldPathError(`expected map key or list index: does not support list indices in paths`);
    else throw new FieldPathError(`does not refer to a valid field`);
    names.push(name);
  }
  if (names.length === 0) throw new FieldPathError('expected [ or . but got end of string');
  return { text, names, schema: at };
}

export function isFieldPath(path: string, schema: JsonSchema): boolean {
  try {
    parseFieldPath(path, schema);
    return true;
  } catch (error) {
    if (error instanceof FieldPathError) return false;
    throw error;
  }
}
