/**
 * Deep equality of JSON values, with shared sub-objects for free. Absent fields, null and empty
 * lists and maps are the same, as they are to Kubernetes' `equality.Semantic`.
 */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === undefined || a === null) return isEmpty(b);
  if (b === undefined || b === null) return isEmpty(a);
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equalValues(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const field in left) if (!equalValues(left[field], right[field])) return false;
  for (const field in right) if (left[field] === undefined && !isEmpty(right[field])) return false;
  return true;
}

/** Empty objects count as something: `emptyDir: {}` is a choice. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
