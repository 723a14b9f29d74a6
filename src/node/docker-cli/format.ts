import { RuntimeError } from '../runtime/runtime.ts';
import { table } from './records.ts';

/** Rows by `--format`: `json`, `table {{.ID}}\t{{.Names}}`, or a template for each. Throws RuntimeError for what it does not know. */
export function formatted(
  format: string,
  rows: readonly Readonly<Record<string, string>>[],
  titles: Readonly<Record<string, string>>,
): string {
  if (format === 'json') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const asTable = /^table\s+/.exec(format);
  const template = format
    .slice(asTable?.[0].length ?? 0)
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n');
  const lines = rows.map((row) => fill(template, row));
  if (!asTable) return lines.map((line) => `${line}\n`).join('');
  const heading = template.replace(FIELD, (_all, _json, path: string) => titles[path.slice(1)] ?? path.slice(1).toUpperCase());
  return table([heading, ...lines].map((line) => line.split('\t')));
}

const FIELD = /\{\{\s*(json\s+)?((?:\.\w+)+|\.)\s*\}\}/g;

/** A template with its fields filled in from a value: `{{.State.Status}}`, `{{json .Config}}`. Throws RuntimeError. */
export function fill(template: string, value: unknown): string {
  const text = template.replace(FIELD, (_all, json: string | undefined, path: string) => {
    let at: unknown = value;
    for (const name of path.split('.').filter((part) => part !== '')) {
      if (typeof at !== 'object' || at === null || !(name in at))
        throw new RuntimeError(`template parsing error: template: :1:2: executing "" at <${path}>: map has no entry for key "${name}"`);
      at = (at as Record<string, unknown>)[name];
    }
    if (json) return JSON.stringify(at);
    return Array.isArray(at) ? `[${at.join(' ')}]` : typeof at === 'object' && at !== null ? goMap(at) : String(at);
  });
  if (text.includes('{{') && template.replace(FIELD, '').includes('{{'))
    throw new RuntimeError(`template parsing error: only fields such as {{.Name}} and {{json .Name}} are known here: ${template}`);
  return text;
}

function goMap(value: object): string {
  return `map[${Object.entries(value)
    .map(([name, each]) => `${name}:${typeof each === 'object' && each !== null ? goMap(each) : String(each)}`)
    .join(' ')}]`;
}
