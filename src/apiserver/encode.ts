import { API_GROUPS } from '../api/kind.ts';
import type { HttpBody } from '../net/http.ts';

const BUILTIN_VERSIONS = new Set(
  API_GROUPS.flatMap(({ name, versions }) => versions.map((version) => (name ? `${name}/${version}` : version))),
);

/** The text of immutable values that answers share, kept as long as the values live: an object is encoded once for all clients. */
const texts = new WeakMap<object, string>();
/** The same without kind and apiVersion, as items of lists have it. */
const itemTexts = new WeakMap<object, string>();

interface List {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: object;
  readonly items: readonly object[];
}

function isBuiltinList(value: object): value is List {
  const { kind, apiVersion, items } = value as Partial<List>;
  return Array.isArray(items) && typeof kind === 'string' && kind.endsWith('List') && BUILTIN_VERSIONS.has(apiVersion ?? '');
}

function itemText(item: object): string {
  let text = itemTexts.get(item);
  if (text === undefined) {
    const { kind: _kind, apiVersion: _version, ...rest } = item as Record<string, unknown>;
    itemTexts.set(item, (text = JSON.stringify(rest)));
  }
  return text;
}

function objectText(value: object): string {
  let text = texts.get(value);
  if (text === undefined) texts.set(value, (text = encodeAnew(value)));
  return text;
}

function encodeAnew(value: object): string {
  const { kind, apiVersion } = value as { kind?: string; apiVersion?: string };
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return JSON.stringify(value);
  const rest = itemText(value);
  const head = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)}`;
  return rest === '{}' ? `${head}}` : `${head},${rest.slice(1)}`;
}

function listText({ kind, apiVersion, metadata, items }: List): string {
  const head = `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`;
  return `${head}${items.map(itemText).join(',')}]}`;
}

/** A body as it goes over the wire. Items of lists of built-in kinds have no kind and apiVersion of their own. */
export function encodeBody(body: HttpBody | undefined): string | Uint8Array {
  if (body === undefined) return '';
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  return `${isBuiltinList(body) ? listText(body) : objectText(body)}\n`;
}

/** One chunk of a stream: a watch event becomes a line, text and bytes stay as they are. */
export function encodeChunk(chunk: unknown): string | Uint8Array {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return chunk;
  const event = chunk as { type: string; object: object };
  let text = texts.get(event);
  if (text === undefined) texts.set(event, (text = `{"type":"${event.type}","object":${objectText(event.object)}}\n`));
  return text;
}
