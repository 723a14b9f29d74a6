import type { DuplicateKeys } from '../../api/json.ts';

/** `duplicate field "spec.a"` for each key that came twice in the text of an object, in the order of the document. */
export function duplicatesIn(root: object, duplicates: DuplicateKeys): string[] {
  const faults: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      value.forEach((item, i) => visit(item, `${path}[${i}]`));
      return;
    }
    const at = (key: string) => (path === '' ? key : `${path}.${key}`);
    for (const key of duplicates.get(value) ?? []) faults.push(`duplicate field "${at(key)}"`);
    for (const key of Object.keys(value)) visit((value as Record<string, unknown>)[key], at(key));
  };
  visit(root, '');
  return faults;
}
