import type { Kind } from '../../api/kind.ts';
import type { Schema, Schemas } from './schema.ts';

const WIDTH = 80;

/** Text wrapped at 80 columns, each line indented; paragraphs stay apart. */
function wrapped(text: string, indent: number): string {
  const prefix = ' '.repeat(indent);
  if (text === '') return `${prefix}<empty>\n`;
  return text
    .split('\n')
    .map((paragraph) =>
      wrapLine(paragraph, WIDTH - indent)
        .map((line) => `${prefix}${line}\n`)
        .join(''),
    )
    .join('');
}

function wrapLine(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

/** `GROUP:`, `KIND:` and `VERSION:`. */
export function headText({ group, version, kind }: Kind): string {
  return `${group ? `GROUP:      ${group}\n` : ''}KIND:       ${kind}\nVERSION:    ${version}\n\n`;
}

/** All about a field, or about the kind itself where `field` is undefined (kubectl pkg/explain/v2 plaintext). */
export function explanation(schemas: Schemas, schema: Schema, field: string | undefined, recursive: boolean): string {
  const structure = schemas.structure(schema);
  const description = schemas.description(schema);
  let text = '';
  if (field !== undefined) {
    text += `FIELD: ${field} <${schemas.typeText(schema)}>\n`;
    text += schema.enum?.length ? `ENUM:\n${schema.enum.map((value) => `    ${String(value)}\n`).join('')}\n` : '\n\n';
  }
  text += `DESCRIPTION:\n${wrapped(description, 4)}`;
  const fields = structure.properties ? fieldsText(schemas, structure, 1, recursive) : '';
  text += description === '' ? '\n' : '    \n';
  if (fields !== '') text += `FIELDS:\n${fields}\n`;
  else if (description !== '') text += '\n';
  return text;
}

function fieldsText(schemas: Schemas, structure: Schema, level: number, recursive: boolean, seen: readonly Schema[] = []): string {
  const indent = '  '.repeat(level);
  let text = '';
  for (const [name, field] of Object.entries(structure.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const required = structure.required?.includes(name) ? ' -required-' : '';
    text += `${indent}${name}\t<${schemas.typeText(field)}>${required}\n`;
    if (field.enum?.length) text += `${indent}enum: ${field.enum.map(String).join(', ')}\n`;
    if (recursive) {
      const inner = schemas.structure(field);
      if (inner.properties && !seen.includes(inner)) text += fieldsText(schemas, inner, level + 1, true, [...seen, inner]);
    } else text += `${wrapped(schemas.description(field), 2 * level + 2)}\n`;
  }
  return text;
}
