import { goValue } from '../../api/print.ts';
import { describeOwnEvents, type Describer } from './describer.ts';
import type { DescriptionWriter } from './writer.ts';

/** Told before everything else, or not at all. */
const SKIPPED = new Set([
  'metadata.name',
  'metadata.namespace',
  'metadata.labels',
  'metadata.annotations',
  'metadata.managedFields',
  'apiVersion',
  'kind',
]);
const ACRONYMS = new Set(['api', 'url', 'uid', 'osb', 'guid']);

/** Every field of an object, for kinds without a describer of their own: custom resources among them. */
export const describeAnything: Describer = function* (w, object, context) {
  const { metadata = {} } = object;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.field('API Version', object.apiVersion);
  w.field('Kind', object.kind);
  describeFields(w, 0, object as Record<string, unknown>, '');
  yield* describeOwnEvents(w, object, context);
};

function describeFields(w: DescriptionWriter, level: number, fields: Record<string, unknown>, path: string): void {
  for (const key of Object.keys(fields).sort()) {
    const at = path === '' ? key : `${path}.${key}`;
    const value = fields[key];
    if (SKIPPED.has(at) || value === undefined || value === null) continue;
    const name = labelOf(key);
    if (Array.isArray(value)) {
      w.line(level, `${name}:`);
      for (const item of value) {
        if (isTree(item)) describeFields(w, level + 1, item, at);
        else w.line(level + 1, goValue(item));
      }
    } else if (isTree(value)) {
      w.line(level, `${name}:`);
      describeFields(w, level + 1, value, at);
    } else w.line(level, `${name}:\t${goValue(value)}`);
  }
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `creationTimestamp` as `Creation Timestamp`; keys that are no names in that style stay as they are. */
function labelOf(field: string): string {
  if (/[^A-Za-z0-9]/.test(field)) return field;
  const words = field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [field];
  return words.map((word) => (ACRONYMS.has(word.toLowerCase()) ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1))).join(' ');
}
