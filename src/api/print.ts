/*
 * Plain values as Go prints them: JSON with sorted keys, and the `%v` and `%#v` of error messages.
 */

/** JSON text of a string as encoding/json writes it: `<`, `>`, `&` and the line separators are escaped too. */
function jsonText(text: string): string {
  const plain = JSON.stringify(text);
  return /[<>&\u2028\u2029\x7f]/.test(text)
    ? plain.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : plain;
}

function sortedKeys(value: object): string[] {
  const record = value as Record<string, unknown>;
  const keys: string[] = [];
  for (const key in record) if (record[key] !== undefined) keys.push(key);
  return keys.sort();
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return jsonText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  return typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : 'null';
}

/** Compact JSON with sorted keys: equal values give equal texts. */
export function compactJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compactJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return scalar(value);
  const record = value as Record<string, unknown>;
  return `{${sortedKeys(value)
    .map((key) => `${jsonText(key)}:${compactJson(record[key])}`)
    .join(',')}}`;
}

/** JSON with sorted keys, four blanks a level, as `kubectl get -o json` prints it. No newline at the end. */
export function indentedJson(value: unknown, indent = ''): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => inner + indentedJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return scalar(value);
  const record = value as Record<string, unknown>;
  const lines = sortedKeys(value).map((key) => `${inner}${jsonText(key)}: ${indentedJson(record[key], inner)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

/** A number as `%v` prints it: exponents below 1e-4 and from 1e21 on, with two digits at least. */
function goNumber(value: number): string {
  if (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e21)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** A value as Go's `%v`: texts bare, `map[a:1 b:[x y]]`, `<nil>`. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return goNumber(value);
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const record = value as Record<string, unknown>;
  return `map[${sortedKeys(value)
    .map((key) => `${key}:${goValue(record[key])}`)
    .join(' ')}]`;
}

/** A value as Go's `%#v`: `map[string]interface {}{"a":1, "b":[]interface {}{"x"}}`. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return goNumber(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  const record = value as Record<string, unknown>;
  return `map[string]interface {}{${sortedKeys(value)
    .map((key) => `${JSON.stringify(key)}:${goSyntax(record[key])}`)
    .join(', ')}}`;
}

/** The Go type of a decoded JSON value, as messages name it. */
export function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return value === null || value === undefined ? '<nil>' : 'map[string]interface {}';
}
